// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <linux/fib_rules.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/routes/tunnel_underlay.h"
#include "lib/analysis/routes/vxlan_paths.h"

namespace caliwatch {
namespace {

constexpr size_t kAsked = 3;  // other nodes: each costs a walk over all routes

const Address* Holder(const IpAddress& address, const std::vector<Address>& addresses) {
  const auto found =
      std::find_if(addresses.begin(), addresses.end(), [&](const Address& each) { return each.address == address; });
  return found != addresses.end() ? &*found : nullptr;
}

// An address of the loopback or a dummy interface is meant to be reached by any way.
bool IsNetwork(const Link* link) {
  return link != nullptr && link->role == LinkRole::kHost && link->name != "lo" && link->kind != "dummy";
}

bool IsOnNetworkOf(int link, const IpAddress& node, const std::vector<Address>& addresses) {
  return std::any_of(addresses.begin(), addresses.end(), [&](const Address& each) {
    return each.link == link && Prefix{each.address, each.prefix_length}.Contains(node);
  });
}

// Routing by source may send the tunnel's packets where they belong, whatever table main says.
bool HasRuleOfItsOwn(const IpAddress& source, const std::vector<Rule>& rules) {
  return std::any_of(rules.begin(), rules.end(), [&](const Rule& rule) {
    return rule.action == FR_ACT_TO_TBL && rule.from && !rule.from->IsDefault() && rule.from->Contains(source);
  });
}

// The first few other nodes. None: some node is on the network of `link`, so that this is how they are reached.
std::vector<IpAddress> NodesElsewhere(const Link& tunnel, int link, const std::vector<FdbEntry>& fdb,
                                      const std::vector<Address>& addresses) {
  std::vector<IpAddress> nodes;
  for (const FdbEntry& entry : fdb) {
    if (entry.link != tunnel.index || !entry.destination || entry.destination->IsUnspecified()) continue;
    if (IsOnNetworkOf(link, *entry.destination, addresses)) return {};
    if (nodes.size() < kAsked) nodes.push_back(*entry.destination);
  }
  return nodes;
}

// The one other interface that leads to all of them; null: there is no such.
const Link* OtherWay(const std::vector<IpAddress>& nodes, const Link& own, const std::vector<Route>& routes,
                     const LinkIndex& links) {
  const Link* way = nullptr;
  for (const IpAddress& node : nodes) {
    const Link* towards = LinkTowards(node, routes, links);
    if (!IsNetwork(towards) || towards->index == own.index || towards->index == own.master ||
        towards->master == own.index || (way != nullptr && way != towards))
      return nullptr;
    way = towards;
  }
  return way;
}

std::optional<Finding> Judge(const Link& tunnel, const std::vector<Address>& addresses,
                             const std::vector<Route>& routes, const std::vector<Rule>& rules,
                             const std::vector<FdbEntry>& fdb, const LinkIndex& links) {
  if (!tunnel.up || !IsVxlanOfCalico(tunnel) || !tunnel.vxlan || !tunnel.vxlan->local) return std::nullopt;
  const IpAddress& local = *tunnel.vxlan->local;
  const Address* holder = Holder(local, addresses);
  const Link* own = holder != nullptr ? links.Find(holder->link) : nullptr;
  if (!IsNetwork(own) || HasRuleOfItsOwn(local, rules)) return std::nullopt;
  const std::vector<IpAddress> nodes = NodesElsewhere(tunnel, own->index, fdb, addresses);
  const Link* way = OtherWay(nodes, *own, routes, links);
  if (way == nullptr) return std::nullopt;
  const std::string names = absl::StrJoin(
      nodes, ", ", [](std::string* text, const IpAddress& node) { absl::StrAppend(text, node.ToString()); });
  return Finding{
      InterfaceName{tunnel.name},
      std::nullopt,
      absl::StrCat("sends as ", local.ToString(), ", the address of ", own->name, ", but ", way->name,
                   " leads to the other nodes (", names, ")"),
      absl::StrCat("Make the address on ", way->name, " the node's: IP_AUTODETECTION_METHOD=interface=", way->name,
                   " (or cidr=…; IP6_… for IPv6) for calico-node, nodeAddressAutodetectionV4 or …V6 with the operator, "
                   "or spec.bgp of the Node resource; then restart calico-node here."),
      {InterfaceName{tunnel.name}, local}};
}

// A recording that was made before rules were read is judged as if there were only those that each kernel has.
Judgement SourcesWrong(const std::vector<Link>& links, const std::vector<Address>& addresses,
                       const std::vector<Route>& routes, const Table<Rule>& rules, const std::vector<FdbEntry>& fdb,
                       const LinkIndex& index) {
  if (!rules.ok() && !absl::IsNotFound(rules.status())) return rules.status();
  const std::vector<Rule> known = rules.ok() ? *rules : std::vector<Rule>{};
  std::vector<Finding> findings;
  for (const Link& link : links)
    if (std::optional<Finding> finding = Judge(link, addresses, routes, known, fdb, index))
      findings.push_back(*std::move(finding));
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  return {Look("ip -brief address"), Look(CalicoNode(evidence)),
          Look(absl::StrCat("ip -d link show ", SubjectWord(finding)))};
}

const RegisterCheck registered(
    {
        .name = "vxlan_source_interface_wrong",
        .severity = Severity::kWarning,
        .summary =
            "The VXLAN tunnel sends as the address of another interface than the one that leads to the other nodes.",
        .impact = "Other nodes send to that address, which they may reach by a detour or not at all; a network that "
                  "checks sources drops what this node sends.",
        .meaning = "Felix makes the tunnel for the node's address. Its packets leave by the route to the other node "
                   "all the same, under that source. As a rule the node's address was detected on the wrong interface: "
                   "the method \"first-found\" takes the first one that it does not know to be virtual, which may be a "
                   "public one, one of another network, or a point-to-point one. Not judged: an address of the "
                   "loopback or a dummy interface, and one that a policy rule routes by its source.",
        .remedy = "Correct the node's address: IP_AUTODETECTION_METHOD of calico-node, nodeAddressAutodetectionV4 of "
                  "the operator, or spec.bgp of the Node resource; then restart calico-node here.",
        .causes = {{"bgp_source_address_not_local"}, {"node_address_wrong"}},
        .says = "sends as the address of another interface",
    },
    JudgeNode(SourcesWrong), CommandsOf);

}  // namespace
}  // namespace caliwatch
