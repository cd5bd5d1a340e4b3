// SPDX-License-Identifier: Apache-2.0
#include <map>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

// The way between the nodes comes first: what it loses, the tunnel in it loses, too.
std::map<IpAddress, const UnreachedNode*> FirstOfEach(const std::vector<UnreachedNode>& unreached) {
  std::map<IpAddress, const UnreachedNode*> first;
  for (const UnreachedNode& node : unreached) {
    if (node.result != ProbeResult::kSmallOnly) continue;
    const UnreachedNode*& kept = first[node.address];
    if (kept == nullptr || node.path == ProbePath::kNode) kept = &node;
  }
  return first;
}

std::string DetailOf(const UnreachedNode& node) {
  const std::string where =
      node.path == ProbePath::kNode ? std::string("at its own address") : absl::StrCat("through ", node.tunnel);
  return absl::StrCat(where, " it answers to small packets and not to those that fill the way, ", node.rounds,
                      " times in a row: ",
                      node.large_arrived ? "they arrive there, and its large answers do not come back"
                                         : "they do not arrive there, or no word of it comes back");
}

Judgement LargeLost(const Evidence& evidence) {
  const absl::StatusOr<std::vector<UnreachedNode>>& unreached = evidence.before.unreached;
  if (!unreached.ok()) return unreached.status();
  std::vector<Finding> findings;
  for (const auto& [address, node] : FirstOfEach(*unreached)) {
    Finding& finding = findings.emplace_back(Finding{address, address.family, DetailOf(*node)});
    if (!node->tunnel.empty()) finding.related.emplace_back(InterfaceName{node->tunnel});
    if (!node->name.empty()) finding.who = absl::StrCat("Node ", node->name, " (", address.ToString(), ")");
  }
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence&) {
  const auto& node = std::get<IpAddress>(finding.subject);
  const std::string address = node.ToString(), ping = node.family == Family::kIpv4 ? "ping" : "ping -6";
  return {Look(absl::StrCat("tracepath -n ", address)), Look(absl::StrCat(ping, " -c 3 -M do -s 1400 ", address)),
          Look("ip -br link"), Look("ip -br link", NodeOf(node)), Look("nft list ruleset", NodeOf(node))};
}

const RegisterCheck registered(
    {
        .name = "node_large_packets_lost",
        .severity = Severity::kWarning,
        .summary = "Small packets reach another node and come back, and large ones get lost.",
        .impact = "Connections between pods of both nodes open, and hang as soon as much is sent at once.",
        .meaning = "With --probe.nodes the agents ask each other, with packets as large as the interfaces say that the "
                   "way takes. Twice in a row these were lost, and small ones, sent between them, were not. Something "
                   "on the way takes less and says nothing: a switch or a VPN with a smaller MTU, a router whose word "
                   "(ICMP) a firewall drops, or a firewall that drops fragments, into which a tunnel's packets may "
                   "be cut.",
        .remedy = "Find how much passes (tracepath -n ADDRESS; ping -M do -s SIZE ADDRESS), and raise the MTU where it "
                  "shrinks, or let ICMP \"fragmentation needed\" (IPv6: \"packet too big\") and fragments pass. "
                  "Otherwise let pods send less: mtu of the Installation (spec.calicoNetwork.mtu), or veth_mtu of the "
                  "ConfigMap calico-config, then restart calico-node, and the pods.",
        .causes = {{"path_mtu_too_small"}, {"mtu_mismatch"}},
        .says = "gets small packets, and large ones are lost",
    },
    LargeLost, CommandsOf);

}  // namespace
}  // namespace caliwatch
