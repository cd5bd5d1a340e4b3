// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which workload of this node has which address, at which interface: as Calico wants it (endpoint-status), or, before
// Calico 3.30, as the kernel's routes have it.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include "lib/model/snapshot.h"

namespace caliwatch {

struct WorkloadAddress {
  IpAddress address;
  std::string interface;
  std::string owner;  // "pod default/web-1"; "" where Calico does not say
  std::optional<MacAddress> mac;

  bool operator==(const WorkloadAddress&) const = default;
};

// "pod default/web-1" of Kubernetes, "workload NAME" of others.
std::string OwnerName(const Endpoint& endpoint);

// What endpoint-status wants, ordered by address, then interface. Left out: endpoints whose file is still empty,
// networks longer than one address, interfaces that are there and no workload's (other plugins wire their pods in other
// ways). Of an interface that is gone Felix removes the file, but late where it is slow, and not at all while it is
// away.
struct WantedWorkloads {
  std::vector<WorkloadAddress> rows;
  std::vector<WorkloadAddress> gone = {};  // those of interfaces that are not there, which prove nothing of workloads
};
// NotFound: Calico writes no endpoint-status, or its kernel interfaces are not how this node's workloads are connected.
absl::StatusOr<WantedWorkloads> WantedWorkloadsOf(const Table<Endpoint>& endpoints, const Table<Link>& links);

// The same, but where there is no endpoint-status, host routes of table main that lead to workloads' interfaces stand
// for it.
struct Workloads {
  std::vector<WorkloadAddress> rows;
};
absl::StatusOr<Workloads> WorkloadsOf(const Table<Endpoint>& endpoints, const absl::StatusOr<WantedWorkloads>& wanted,
                                      const Table<Link>& links, const Table<Route>& routes);

// The workload that each interface belongs to; none without endpoint-status.
struct WorkloadOwners {
  explicit WorkloadOwners(const Table<Endpoint>& endpoints);

  std::map<std::string, std::string> by_interface;
};

// "pod default/web-1 at cali12ab34cd56e", or the interface alone.
std::string Describe(const WorkloadAddress& workload);

// What a detail ends with: nothing, or that endpoint-status is missing, or says nothing at all.
absl::string_view JudgedBy(const Table<Endpoint>& endpoints);

}  // namespace caliwatch
