// SPDX-License-Identifier: Apache-2.0
#include "lib/node/raw_node.h"

namespace caliwatch {

absl::string_view NameOf(KernelTable table) {
  switch (table) {
    case KernelTable::kLinks:
      return "links";
    case KernelTable::kAddresses:
      return "addresses";
    case KernelTable::kRoutes:
      return "routes";
    case KernelTable::kNeighbors:
      return "neighbors";
    case KernelTable::kFdb:
      return "fdb";
    case KernelTable::kNetconf:
      return "netconf";
    case KernelTable::kNeighborLimits:
      return "neighbor_limits";
    case KernelTable::kBgpSockets:
      return "bgp_sockets";
    case KernelTable::kPods:
      break;
  }
  return "pods";
}

absl::string_view NameOf(BirdDaemon daemon) { return daemon == BirdDaemon::kBird ? "bird" : "bird6"; }

absl::string_view TextOf(BirdQuestion question) {
  switch (question) {
    case BirdQuestion::kStatus:
      return "show status";
    case BirdQuestion::kProtocols:
      return "show protocols";
    case BirdQuestion::kProtocolsAll:
      return "show protocols all";
    case BirdQuestion::kRoutes:
      break;
  }
  return "show route";
}

absl::string_view NameOf(TextSource file) { return file == TextSource::kNodeName ? "nodename" : "mtu"; }

}  // namespace caliwatch
