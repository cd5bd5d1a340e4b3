// SPDX-License-Identifier: Apache-2.0
#pragma once

// A check judges one snapshot. It is one file in lib/analysis/checks/, registered there by a static object;
// documentation, metrics and command line take all they say about it from the data beside it.

#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include "lib/model/snapshot.h"

namespace caliwatch {

// kCritical: traffic is lost now. kWarning: it will be, or may be. kInfo: worth knowing.
enum class Severity { kCritical, kWarning, kInfo };
absl::string_view ToString(Severity severity);  // "critical", "warning", "info"

struct Finding {
  std::string subject;      // what it is about, unique within its check: a prefix, a peer, an interface
  std::string detail;       // what is wrong with it, in words
  std::string remedy = {};  // what to do about this one; empty: the check's remedy
  // What else it is about (peers, addresses, interfaces): by these, findings of one cause find each other; see
  // correlation.h.
  std::vector<std::string> about = {};

  bool operator==(const Finding&) const = default;
};

// Not OK: what the check needs could not be read, so that silence would mean nothing.
using Judgement = absl::StatusOr<std::vector<Finding>>;

struct Check {
  absl::string_view name;
  Severity severity = Severity::kWarning;
  absl::string_view summary;  // one sentence: what a finding says
  absl::string_view impact;   // one sentence: what it breaks
  absl::string_view meaning;  // how it comes about, and what is judged
  absl::string_view remedy;   // what to do
  std::function<Judgement(const Snapshot&)> run;
  int polls_to_hold = 2;  // a finding counts once this many polls in a row have seen it, and for no less than
  absl::Duration time_to_hold = absl::ZeroDuration();
};

struct RegisterCheck {
  explicit RegisterCheck(Check check);
};

// Ordered by name.
const std::vector<Check>& AllChecks();
// NotFound for a name no check has.
Judgement RunCheck(absl::string_view name, const Snapshot& snapshot);

// The table that holds rows of one type.
template <class Row>
const Table<Row>& TableOf(const Snapshot& snapshot) {
  if constexpr (std::is_same_v<Row, Link>) return snapshot.links;
  if constexpr (std::is_same_v<Row, Address>) return snapshot.addresses;
  if constexpr (std::is_same_v<Row, Route>) return snapshot.routes;
  if constexpr (std::is_same_v<Row, Neighbor>) return snapshot.neighbors;
  if constexpr (std::is_same_v<Row, FdbEntry>) return snapshot.fdb;
  if constexpr (std::is_same_v<Row, NetConf>) return snapshot.netconf;
  if constexpr (std::is_same_v<Row, NeighborLimits>) return snapshot.neighbor_limits;
  if constexpr (std::is_same_v<Row, BgpSocket>) return snapshot.bgp_sockets;
  if constexpr (std::is_same_v<Row, PodNetwork>) return snapshot.pods;
  if constexpr (std::is_same_v<Row, Endpoint>) return snapshot.endpoints;
}

// The first table that could not be read, or OK.
absl::Status FirstError(std::initializer_list<absl::Status> statuses);

// Makes a check's `run` of a function of the tables it needs: `fn(const std::vector<Route>&, const
// std::vector<Link>&)`.
template <class... Rows>
std::function<Judgement(const Snapshot&)> OnTables(std::vector<Finding> (*fn)(const std::vector<Rows>&...)) {
  return [fn](const Snapshot& snapshot) -> Judgement {
    if (absl::Status missing = FirstError({TableOf<Rows>(snapshot).status()...}); !missing.ok()) return missing;
    return fn(*TableOf<Rows>(snapshot)...);
  };
}

// The same for a function of one BIRD and its peers, called for each family that this node runs BIRD for. What was
// found is always reported; silence is claimed only when every BIRD of the node could be asked.
template <class... Rows>
std::function<Judgement(const Snapshot&)> OnBirds(std::vector<Finding> (*fn)(const BirdStatus&,
                                                                             const std::vector<BgpPeer>&,
                                                                             const std::vector<Rows>&...)) {
  return [fn](const Snapshot& snapshot) -> Judgement {
    if (absl::Status missing = FirstError({TableOf<Rows>(snapshot).status()...}); !missing.ok()) return missing;
    std::vector<Finding> findings;
    absl::Status unread;
    for (const Bird& bird : snapshot.birds) {
      const absl::Status status = FirstError({bird.status.status(), bird.peers.status()});
      if (absl::IsNotFound(status)) continue;
      if (!status.ok()) {
        unread.Update(status);
        continue;
      }
      for (Finding& finding : fn(*bird.status, *bird.peers, *TableOf<Rows>(snapshot)...))
        findings.push_back(std::move(finding));
    }
    if (findings.empty() && !unread.ok()) return unread;
    return findings;
  };
}

}  // namespace caliwatch
