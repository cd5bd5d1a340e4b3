// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/container/flat_hash_map.h>
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/routes/tunnel_underlay.h"

namespace caliwatch {
namespace {

using PathMtus = absl::flat_hash_map<IpAddress, uint32_t>;  // bytes

// Less than that the kernel believes no router (net.ipv4.route.min_pmtu; RFC 8200). A connection whose route was just
// dropped says 68 until it sends again.
constexpr uint32_t LeastOf(Family family) { return family == Family::kIpv4 ? 552 : 1280; }

PathMtus PathMtusOf(const std::vector<BgpSocket>& sockets) {
  PathMtus learned;
  for (const BgpSocket& socket : sockets)
    if (socket.state == TcpState::kEstablished && socket.path_mtu && *socket.path_mtu >= LeastOf(socket.remote.family))
      learned[socket.remote] = *socket.path_mtu;
  return learned;
}

// By which device the packets of pods leave, packed up.
absl::string_view TunnelOf(const RemoteNode& node) {
  if (node.way != NodeWay::kWireguard) return node.interface;
  return node.family == Family::kIpv4 ? "wireguard.cali" : "wg-v6.cali";
}

// The greatest packet that a pod's makes on the way to that node, in bytes.
uint32_t GreatestTo(const RemoteNode& node, uint32_t pods,
                    const absl::flat_hash_map<absl::string_view, uint32_t>& mtus) {
  const absl::string_view device = TunnelOf(node);
  const auto mtu = mtus.find(device);
  return (mtu != mtus.end() ? std::min(pods, mtu->second) : pods) + TunnelOverhead(device);
}

std::vector<Finding> PathsTooSmall(const RemoteNodes& nodes, const std::vector<BgpSocket>& sockets,
                                   const std::vector<Link>& links, const CalicoMtu& pods) {
  const PathMtus learned = PathMtusOf(sockets);
  absl::flat_hash_map<absl::string_view, uint32_t> mtus;
  for (const Link& link : links) mtus[link.name] = link.mtu;
  std::vector<Finding> findings;
  for (const RemoteNode& node : nodes.rows) {
    if (!node.address || node.blocks + node.hosts == 0) continue;
    const auto path = learned.find(*node.address);
    const uint32_t greatest = GreatestTo(node, pods.bytes, mtus);
    if (path == learned.end() || path->second >= greatest) continue;
    findings.push_back({*node.address, node.address->family,
                        absl::StrCat("packets of pods to this node have up to ", greatest,
                                     " bytes on the way, and the kernel has learned from a router that the way takes ",
                                     path->second)});
  }
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence&) {
  const std::string address = SubjectWord(finding);
  return {Look(absl::StrCat("tracepath -n ", address)),
          Change(absl::StrCat(Ip(finding.family.value_or(Family::kIpv4)), " route flush cache"))};
}

const RegisterCheck registered(
    {
        .name = "path_mtu_too_small",
        .severity = Severity::kWarning,
        .summary = "The network between two nodes takes smaller packets than pods send.",
        .impact = "Small packets pass and large ones do not, unless each router's word about it (ICMP) arrives: "
                  "connections open and then hang.",
        .meaning = "A router on the way to the other node has said to BIRD's connection what it takes at most (path "
                   "MTU). Felix takes the MTU of pods from this node's own interface, less what a tunnel's headers "
                   "take: what is smaller further on, as behind a VPN, it cannot know. Judged by the sessions with "
                   "nodes that routes lead to; a path that is never used for large packets has taught nobody its MTU.",
        .remedy =
            "Find where it shrinks (tracepath -n ADDRESS) and raise it there. Otherwise let pods send less: mtu of the "
            "Installation (spec.calicoNetwork.mtu), or veth_mtu of the ConfigMap calico-config, then restart "
            "calico-node, and the pods. If the way has grown since, ip route flush cache forgets what was learned, and "
            "the session notices with BIRD's next keepalive.",
        .says = "is behind a path that takes smaller packets than pods send",
    },
    JudgeNode(PathsTooSmall), CommandsOf);

}  // namespace
}  // namespace caliwatch
