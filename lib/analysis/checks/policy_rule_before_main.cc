// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/routes/policy_rules.h"

namespace caliwatch {
namespace {

std::string WayOf(const Route& route, const LinkIndex& links) {
  switch (route.type) {
    case RTN_UNICAST:
    case RTN_LOCAL:
      return absl::StrCat("leads there by ", links.NameOf(route.link));
    default:
      return "ends it there";
  }
}

// For a rule that asks main first. What is around blocks of several pools would hold half of the world.
const Prefix& PodsNetwork(const RuleDetour& detour) {
  constexpr uint8_t kShortest = 8;
  return detour.around.length >= kShortest ? detour.around : detour.first_block;
}

std::vector<Finding> RulesBeforeMain(const std::vector<Rule>& rules, const std::vector<Route>& routes,
                                     const LinkIndex& links) {
  std::vector<Finding> findings;
  for (const RuleDetour& detour : RuleDetours(rules, routes, links)) {
    const Family family = detour.route->family();
    const absl::string_view ip = Ip(family);
    const std::string line = absl::StrCat(ip, " rule add to ", PodsNetwork(detour).ToString(), " lookup main priority ",
                                          std::max(detour.rule->priority, 1U) - 1);
    findings.push_back(
        {detour.route->destination, family,
         absl::StrCat("table ", detour.rule->table, ", which rule ", detour.rule->priority, " asks before table main, ",
                      WayOf(*detour.route, links), ": it takes what goes to ", detour.blocks,
                      detour.blocks == 1 ? " block" : " blocks", " of pods, such as ", detour.first_block.ToString()),
         absl::StrCat(
             line, ". For good, have the program that made the rule (a VPN, as a rule) leave the pods' network out.")});
    findings.back().commands = {Look(absl::StrCat(ip, " rule show")), Change(line)};
  }
  return findings;
}

const RegisterCheck registered(
    {
        .name = "policy_rule_before_main",
        .severity = Severity::kCritical,
        .summary = "A policy rule sends pods' traffic by another table than the one with Calico's routes.",
        .impact = "Packets to pods of the blocks that it covers do not go where Calico leads them.",
        .meaning = "The kernel asks the tables that its rules name, in the order of their priorities; Calico's routes "
                   "are in table main (32766). A rule before it, of a VPN as a rule (Tailscale's table 52, an exit "
                   "node, wg-quick), names a table with a route that covers blocks of pods. Rules that ask for a "
                   "source, a mark or an interface are not judged, nor is the one of Calico's WireGuard.",
        .remedy = "ip rule add to NETWORK lookup main, with the pods' network and a priority before that of the rule; "
                  "then have the program that made the rule leave that network out.",
        .says = "is led past Calico's routes by a policy rule",
    },
    JudgeNode(RulesBeforeMain));

}  // namespace
}  // namespace caliwatch
