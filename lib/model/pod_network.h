// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <absl/time/time.h>

#include "lib/model/kernel.h"

namespace caliwatch {

struct PodNeighbor : Neighbor {
  absl::Duration unchanged_for;  // in its state; a pod that tries in vain changes it every few seconds

  bool operator==(const PodNeighbor&) const = default;
};

// What the network namespace of one pod holds; its interfaces' indexes are its own.
struct PodNetwork {
  int netns_id = 0;  // as Link::peer_netns_id of the node's end of its veth
  std::vector<Link> links;
  std::vector<Route> routes;  // every table of both families
  std::vector<PodNeighbor> neighbors;

  bool operator==(const PodNetwork&) const = default;
};

}  // namespace caliwatch
