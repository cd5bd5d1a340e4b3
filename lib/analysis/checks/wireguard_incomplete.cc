// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/routes/block_routes.h"
#include "lib/analysis/routes/policy_rules.h"

namespace caliwatch {
namespace {

// All conditions are made after Felix' source (felix/wireguard/wireguard.go), and seen on no recorded node: the rule's
// number and mark, `BLOCK dev wireguard.cali scope link` in its table, `throw BLOCK` for nodes without a key.

absl::string_view DeviceOf(Family family) { return family == Family::kIpv4 ? "wireguard.cali" : "wg-v6.cali"; }

const Rule* RuleOf(Family family, const std::vector<Rule>& rules) {
  const auto found = std::find_if(rules.begin(), rules.end(),
                                  [&](const Rule& rule) { return rule.family == family && IsWireguardRule(rule); });
  return found != rules.end() ? &*found : nullptr;
}

bool HasAddress(const Link& device, Family family, const std::vector<Address>& addresses) {
  return std::any_of(addresses.begin(), addresses.end(), [&](const Address& address) {
    return address.link == device.index && address.address.family == family && !address.address.IsLinkLocal();
  });
}

bool HasRoutes(const Rule& rule, const std::vector<Route>& routes) {
  return std::any_of(routes.begin(), routes.end(), [&](const Route& route) {
    return route.table == rule.table && route.family() == rule.family && !route.destination.IsDefault();
  });
}

bool HasRemoteBlocks(Family family, const RemoteNodes& nodes) {
  return std::any_of(nodes.rows.begin(), nodes.rows.end(),
                     [&](const RemoteNode& row) { return row.family == family && row.blocks != 0; });
}

// Without them, Calico does not give pods their addresses, and WireGuard's interface may have none of its own.
bool HasLocalBlocks(Family family, const LocalBlocks& local) {
  return std::any_of(local.blocks.begin(), local.blocks.end(),
                     [&](const Prefix& block) { return block.address.family == family; });
}

struct Wireguard {
  Family family;
  const Link* device = nullptr;
  const Rule* rule = nullptr;
};

// Empty: it is complete, or not used. What is switched off is tunnel_device_down's.
std::string ProblemOf(const Wireguard& found, const std::vector<Address>& addresses, const std::vector<Route>& routes,
                      const LocalBlocks& local, const RemoteNodes& nodes) {
  if (found.device == nullptr) {
    if (found.rule == nullptr) return "";
    return absl::StrCat("is missing, though rule ", found.rule->priority, " sends pods' packets to its table, ",
                        found.rule->table, ": they go on without encryption");
  }
  if (!found.device->up) return "";
  if (!HasAddress(*found.device, found.family, addresses) && HasLocalBlocks(found.family, local))
    return "is up, but has no address; with it, the kernel dropped the routes through it";
  if (!HasRemoteBlocks(found.family, nodes)) return "";
  if (found.rule == nullptr) return "is up, but no policy rule sends packets to it: they go without encryption";
  if (!HasRoutes(*found.rule, routes))
    return absl::StrCat("is up, but table ", found.rule->table, ", which rule ", found.rule->priority,
                        " names, has no route: packets go on without encryption");
  return "";
}

std::vector<Finding> Incomplete(const std::vector<Link>& links, const std::vector<Address>& addresses,
                                const std::vector<Rule>& rules, const std::vector<Route>& routes,
                                const LocalBlocks& local, const RemoteNodes& nodes) {
  std::vector<Finding> findings;
  for (const Family family : kFamilies) {
    const absl::string_view name = DeviceOf(family);
    const auto device = std::find_if(links.begin(), links.end(), [&](const Link& link) { return link.name == name; });
    const Wireguard found{family, device != links.end() ? &*device : nullptr, RuleOf(family, rules)};
    if (std::string problem = ProblemOf(found, addresses, routes, local, nodes); !problem.empty())
      findings.push_back(
          {InterfaceName{std::string(name)}, std::nullopt, std::move(problem), {}, {InterfaceName{std::string(name)}}});
  }
  return findings;
}

Commands CommandsOf(const Finding&, const Evidence& evidence) {
  return {Look("ip rule show"), RestartCalicoNode(evidence)};
}

const RegisterCheck registered(
    {
        .name = "wireguard_incomplete",
        .severity = Severity::kWarning,
        .summary = "A part of Calico's WireGuard is missing: its interface, address, rule or table.",
        .impact = "Packets between pods of this node and others go without encryption, or, where the network between "
                  "the nodes does not know pods' addresses, nowhere.",
        .meaning =
            "Felix makes the interface (wireguard.cali; IPv6: wg-v6.cali), a policy rule (priority 99, for all packets "
            "that the tunnel has not marked) and a table with the blocks of all nodes that have a key. One of them is "
            "gone: another program flushed the rules or the table, deleted the interface, or took its address.",
        .remedy = "Restart calico-node on this node: Felix makes all of it anew; the rule comes back by itself within "
                  "90 seconds. If it goes again, find who flushes rules (ip monitor rule): networkd does so unless "
                  "ManageForeignRoutingPolicyRules=no is in /etc/systemd/networkd.conf.",
        .time_to_hold = absl::Seconds(3),  // Felix makes one after the other
        .causes = {{"tunnel_device_down"}},
        .says = "is incomplete",
    },
    JudgeNode(Incomplete), CommandsOf);

}  // namespace
}  // namespace caliwatch
