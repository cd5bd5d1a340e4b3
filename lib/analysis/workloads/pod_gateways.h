// SPDX-License-Identifier: Apache-2.0
#pragma once

// A pod's way out: its default route, and the gateway that stands at the node's end of its veth.

#include <optional>
#include <string>
#include <vector>

#include <absl/container/flat_hash_set.h>

#include "lib/model/snapshot.h"

namespace caliwatch {

struct PodGateway {
  const Link* veth = nullptr;  // the node's end
  Family family = Family::kIpv4;
  std::string pod;                     // its name where Calico has it,  or its address
  std::optional<IpAddress> gateway;    // of its default route over this veth; absent: it has no default route at all
  const PodNeighbor* entry = nullptr;  // what the pod knows of the gateway; null: it never asked
};

// For each pod of Calico that was looked into, one of each family that it has an address of. The pointers are into
// `pods` and `links`. `endpoints` is null where Calico does not write them. FailedPrecondition: there are pods, and
// into none of them could be looked.
using PodGateways = std::vector<PodGateway>;
absl::StatusOr<PodGateways> PodGatewaysOf(const std::vector<PodNetwork>& pods, const std::vector<Link>& links,
                                          const std::vector<Endpoint>* endpoints);

// Indices of the links that have a usable IPv6 link-local address: it is what pods have for a gateway there, and by it
// alone the kernel asks for their MAC addresses.
absl::flat_hash_set<int> LinksWithLinkLocal(const std::vector<Address>& addresses);

}  // namespace caliwatch
