// SPDX-License-Identifier: Apache-2.0
#pragma once

// The other nodes, as this one reaches them.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <absl/container/inlined_vector.h>
#include <absl/strings/string_view.h>

#include "lib/analysis/routes/prefix_set.h"
#include "lib/model/per_edition.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

// kNone: a mesh peer that no route leads to; it has no block, or its routes are gone.
enum class NodeWay : uint8_t { kDirect, kIpip, kVxlan, kWireguard, kNone };
inline constexpr std::array<NodeWay, 5> kNodeWays = {NodeWay::kDirect, NodeWay::kIpip, NodeWay::kVxlan,
                                                     NodeWay::kWireguard, NodeWay::kNone};
absl::string_view ToString(NodeWay way);  // "direct", "ipip", "vxlan", "wireguard", "none"

// What packets to a node need and this node lacks, in the order in which they need it.
enum class NodeLack : uint8_t {
  kDevice,    // the tunnel is down
  kNeighbor,  // VXLAN: no MAC for the other end's tunnel address
  kFdb,       // VXLAN: no node for that MAC
  kUnderlay,  // table main has no route to the node's address
  kSession,   // BIRD has no established session with it
};
inline constexpr std::array<NodeLack, 5> kNodeLacks = {NodeLack::kDevice, NodeLack::kNeighbor, NodeLack::kFdb,
                                                       NodeLack::kUnderlay, NodeLack::kSession};
absl::string_view ToString(NodeLack lack);  // "device", "neighbor", "fdb", "underlay", "session"

// One way to one node for one family's traffic: with pools of several kinds a node has several.
struct RemoteNode {
  static constexpr size_t kNamedBlocks = 3;

  std::optional<IpAddress> address;         // absent: the tunnel does not say where its other end is
  std::optional<IpAddress> tunnel_address;  // VXLAN: the other end's, the gateway of its routes
  Family family = Family::kIpv4;            // of its routes
  NodeWay way = NodeWay::kDirect;
  std::string interface;  // empty: no route
  bool by_bird = false;   // who programmed its routes, perhaps both
  bool by_felix = false;  // the CNI plugin's and Felix' "boot" through VXLAN included
  uint32_t blocks = 0;    // how many routes to blocks of addresses lead there
  uint32_t hosts = 0;     // routes to one address: borrowed ones, tunnels' own, pods that moved
  absl::InlinedVector<Prefix, kNamedBlocks> first_blocks = {};
  std::string protocol;                         // BIRD's of the session with that address; empty: there is none
  absl::InlinedVector<NodeLack, 4> lacks = {};  // empty: complete

  bool IsComplete() const { return lacks.empty(); }
};

// Ordered by family, way and address.
struct RemoteNodes {
  std::vector<RemoteNode> rows;
};

// Where the routes of table main lead: the ways to other nodes, of which nothing is known yet but the routes, and all
// other destinations.
struct NodeWays {
  std::vector<RemoteNode> rows;
  PrefixSet others;
};

// Keeps them from poll to poll, while routes, links and rules are the same.
class KeptNodeWays {
 public:
  // Routes and links can be read. Stays until the next call.
  const NodeWays& Of(const Snapshot& node);

 private:
  std::vector<Link> links_;
  Table<Rule> rules_ = NeverRead();
  PerEdition<NodeWays> ways_;
};

// An error where routes, links, neighbors or forwarding entries could not be read. Where BIRD or the rules could not
// be, nothing is said of sessions or of WireGuard. Empty with the eBPF data plane's flow-based tunnel, which needs no
// such entries, but for what leads there directly.
absl::StatusOr<RemoteNodes> RemoteNodesOf(const Snapshot& snapshot, KeptNodeWays& kept);
absl::StatusOr<RemoteNodes> RemoteNodesOf(const Snapshot& snapshot);

}  // namespace caliwatch
