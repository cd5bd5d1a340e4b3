// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/types/span.h>

#include "lib/model/kernel_tables.h"
#include "lib/model/per_family.h"

namespace caliwatch {

// What policy rules look at. A mark it has none.
struct Packet {
  IpAddress to;
  std::optional<IpAddress> from = {};           // absent: the kernel has yet to choose it
  absl::string_view input_interface = kItself;  // by which it came

  static constexpr absl::string_view kItself = "lo";  // how the kernel calls that of a packet of its own
};

// Which rule decided where a packet goes, and the next hops of the route that is taken, which may be one that refuses,
// as `unreachable` does. Without hops: there is none, or the rule itself refuses.
struct RouteDecision {
  const Rule* rule = nullptr;  // null: none did
  absl::Span<const Route> hops = {};
};

// Where the kernel would send a packet: its policy rules in their order, and of a table the longest prefix and the
// lowest metric. Asks a table in logarithmic time. Leads into `routes`, which are ordered by Route::CompareKey.
// Rules by ports, users or marks are taken as if they looked at none of these; one that jumps, as if it were not there.
class RouteLookup {
 public:
  // A family that has no rules has those that the kernel begins with.
  RouteLookup(const std::vector<Route>& routes, const std::vector<Rule>& rules);

  // The next hops of the route that is taken, which may be one that refuses, as `unreachable` does. Empty: there is
  // none.
  absl::Span<const Route> Find(const Packet& packet) const { return Decide(packet).hops; }
  // The rule belongs to this object.
  RouteDecision Decide(const Packet& packet) const;

 private:
  absl::Span<const Route> InTable(uint32_t table, const IpAddress& to) const;

  const std::vector<Route>* routes_;
  PerFamily<std::vector<Rule>> rules_;  // by priority
};

// NotFound rules, as a recording may lack them, are those that the kernel begins with. An error where routes or rules
// could not be read.
absl::StatusOr<RouteLookup> RouteLookupOf(const Table<Route>& routes, const Table<Rule>& rules);

// One of the next hops leaves by it.
bool LeavesBy(absl::Span<const Route> hops, int link);

}  // namespace caliwatch
