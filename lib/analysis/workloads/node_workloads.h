// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which addresses this node uses, and by what that shows: what a node can say to a judge of Calico's IPAM records, who
// sees no kernel. All of one poll: what could not be read is unknown, however well it was known before.

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/model/snapshot.h"

namespace caliwatch {

// One address at one interface. Absent: the table that would say so could not be read, or this node has none.
struct UsedAddress {
  IpAddress address;
  std::string interface;
  std::string owner = {};                 // as OwnerName() has it, of endpoint-status; empty: it does not say
  bool interface_is_there = false;        // else only a file still names it
  std::optional<bool> has_route = {};     // table main leads to it by that interface
  std::optional<bool> has_endpoint = {};  // a file of endpoint-status gives it to that interface
  std::optional<bool> has_neighbor = {};  // the kernel has a MAC for it at that interface
  absl::Duration unchanged = {};          // for how long it has been seen so, at that interface with that owner
};

// "default/web-1"; "" where it is of no pod of Kubernetes, or nobody says of which.
absl::string_view PodOf(const UsedAddress& used);

// Of an interface that is no workload's.
struct OwnAddress {
  IpAddress address;
  std::string interface;
  bool is_tunnel = false;  // of Calico's: IPAM gave it
};

struct NodeWorkloads {
  static constexpr size_t kMost = 4'000;  // rows: two families of more pods than a node may have

  absl::Time taken_at;
  absl::StatusOr<std::string> node_name = NeverRead();
  absl::Duration observed = {};  // since the first poll: nothing is seen to be unchanged for longer
  // Of the tables below. endpoint_status is NotFound where Calico writes none.
  absl::Status links, routes, neighbors, addresses, endpoint_status;
  Table<UsedAddress> workloads = NeverRead();                // by address, then interface
  size_t unlisted = 0;                                       // of these and the next, those beyond kMost
  Table<OwnAddress> own_addresses = NeverRead();             // link-local ones left out
  absl::StatusOr<std::vector<Prefix>> blocks = NeverRead();  // that the kernel confirms to be this node's own
};

// Goes from poll to poll, to know for how long an address has been as it is.
class NodeWorkloadsHistory {
 public:
  NodeWorkloads Follow(const Snapshot& seen);

 private:
  using Key = std::tuple<IpAddress, std::string, std::string>;  // address, interface, owner
  std::optional<BootTime> began_;
  std::map<Key, BootTime> since_;
};

}  // namespace caliwatch
