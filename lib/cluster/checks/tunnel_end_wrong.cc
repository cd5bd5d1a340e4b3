// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/str_cat.h>

#include "lib/cluster/check.h"

namespace caliwatch {
namespace {

constexpr size_t kMostRestarted = 3;  // of many nodes, the first show whether it helps

// Of VXLAN: packets for pods behind `tunnel` are sent to `node`.
using End = std::pair<IpAddress, IpAddress>;

std::map<End, std::vector<std::string>> EndsOf(const ClusterEvidence& evidence) {
  std::map<End, std::vector<std::string>> ends;
  for (const Member& member : evidence.members())
    for (const ToldNode& other : member.told->others.value_or(std::vector<ToldNode>())) {
      if (other.way != "vxlan" || !other.tunnel_address || !other.address) continue;
      std::vector<std::string>& names = ends[{*other.tunnel_address, *other.address}];
      if (names.empty() || names.back() != member.name) names.push_back(member.name);
    }
  return ends;
}

std::vector<std::string> TunnelAddressesOf(const NodeDocument& node, Family family) {
  std::vector<std::string> texts;
  for (const ToldTunnel& tunnel : node.tunnels.value_or(std::vector<ToldTunnel>()))
    for (const IpAddress& address : tunnel.addresses)
      if (tunnel.way == "vxlan" && address.family == family) texts.push_back(address.ToString());
  return texts;
}

struct Owners {
  const Member *of_tunnel = nullptr, *of_node = nullptr;
};

// What is wrong with the end; "": nothing, or nobody can say.
std::string WrongWith(const End& end, const Owners& owners) {
  const std::string tunnel = end.first.ToString(), node = end.second.ToString();
  if (owners.of_tunnel != nullptr && owners.of_node != nullptr)
    return owners.of_tunnel == owners.of_node
               ? ""
               : absl::StrCat("sent to ", owners.of_node->name, " (", node, "), but ", owners.of_tunnel->name, " (",
                              NodeAddressesText(*owners.of_tunnel->told), ") has that tunnel address");
  if (owners.of_tunnel != nullptr && Lacks(*owners.of_tunnel->told, end.second))
    return absl::StrCat("sent to ", node, ", which ", owners.of_tunnel->name,
                        ", whose tunnel has it, does not have: it is at ", NodeAddressesText(*owners.of_tunnel->told));
  if (owners.of_node == nullptr || !Lacks(*owners.of_node->told, end.first)) return "";
  const std::vector<std::string> has = TunnelAddressesOf(*owners.of_node->told, end.first.family);
  return absl::StrCat("sent to ", owners.of_node->name, " (", node, "), which has no such tunnel address: ",
                      has.empty() ? "it has none of VXLAN" : absl::StrCat("it has ", NamesText(has)));
}

ClusterFindings WrongEnds(const ClusterEvidence& evidence) {
  ClusterFindings findings;
  for (const auto& [end, names] : EndsOf(evidence)) {
    const Owners owners{evidence.OwnerOf(end.first), evidence.OwnerOf(end.second)};
    const std::string wrong = WrongWith(end, owners);
    if (wrong.empty()) continue;
    ClusterFinding finding{.subject = absl::StrCat(end.first.ToString(), " at ", end.second.ToString()),
                           .detail = absl::StrCat("by ", NamesText(names), " what is for the tunnel address ",
                                                  end.first.ToString(), " is ", wrong),
                           .nodes = names,
                           .commands = {{"bridge fdb show dev vxlan.calico; ip neigh show dev vxlan.calico", false,
                                         absl::StrCat("node ", names.front())}},
                           .explains = {end.first.ToString()}};
    for (const Member* owner : {owners.of_tunnel, owners.of_node}) {
      if (owner == nullptr) continue;
      finding.nodes.push_back(owner->name);
      finding.commands.push_back(ShowAddressesOn(owner->name));
    }
    if (const Member* owner = owners.of_tunnel != nullptr ? owners.of_tunnel : owners.of_node)
      finding.commands.push_back(ShowNodeResource(owner->name));
    for (size_t i = 0; i < std::min(names.size(), kMostRestarted); ++i)
      finding.commands.push_back(RestartCalicoNodeOn(names[i]));
    findings.push_back(std::move(finding));
  }
  return findings;
}

const RegisterClusterCheck registered(
    {.name = "cluster_tunnel_end_wrong",
     .severity = Severity::kCritical,
     .summary = "A node sends through VXLAN to a node that does not have the tunnel's address.",
     .impact = "Packets to the pods behind that tunnel reach a machine that drops them.",
     .meaning = "Each node's neighbor and forwarding entries of vxlan.calico say which node has which tunnel address; "
                "each node says which addresses it has. Here they do not agree: the node got another address, Felix on "
                "the sending node has not heard of it, or the entry was made by hand.",
     .remedy = "See that Calico's resource of the receiving node has the addresses that the node has. If it has, start "
               "calico-node anew on the sending nodes: Felix writes the entries again."},
    WrongEnds);

}  // namespace
}  // namespace caliwatch
