// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/policy_rules.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include <absl/container/flat_hash_map.h>
#include <absl/numeric/bits.h>
#include <linux/fib_rules.h>

#include "lib/analysis/routes/block_routes.h"
#include "lib/analysis/routes/prefix_set.h"
#include "lib/model/per_family.h"

namespace caliwatch {
namespace {

// The routes of one table, for the longest match.
struct RouteTable {
  absl::flat_hash_map<Prefix, const Route*> routes;
  std::set<uint8_t, std::greater<>> lengths;

  const Route* Match(const Prefix& block) const {
    for (uint8_t length : lengths) {
      if (length > block.length) continue;
      if (const auto found = routes.find(Shortened(block, length)); found != routes.end()) return found->second;
    }
    return nullptr;
  }
};

bool AsksOnlyForDestination(const Rule& rule) {
  const bool asks_for_mark = rule.inverted ? rule.mask == 0 : rule.mask != 0;
  const bool from_anywhere = !rule.from || rule.from->IsDefault();
  return !asks_for_mark && from_anywhere && rule.input_interface.empty() && rule.output_interface.empty() &&
         !(rule.inverted && rule.to);
}

// Rules of one family that come before the one to table main, in their order; those to main are for a part of it.
std::vector<const Rule*> BeforeMain(Family family, const std::vector<Rule>& rules) {
  std::vector<const Rule*> before;
  for (const Rule& rule : rules)
    if (rule.family == family && rule.action == FR_ACT_TO_TBL && rule.table != RT_TABLE_LOCAL &&
        rule.table != RT_TABLE_UNSPEC && AsksOnlyForDestination(rule) && !IsWireguardRule(rule))
      before.push_back(&rule);
  std::stable_sort(before.begin(), before.end(),
                   [](const Rule* a, const Rule* b) { return a->priority < b->priority; });
  const auto main = std::find_if(before.begin(), before.end(), [](const Rule* rule) {
    return rule->table == RT_TABLE_MAIN && !rule->to && !rule->shortest_prefix;
  });
  before.erase(main, before.end());
  return before;
}

using Tables = std::map<std::pair<Family, uint32_t>, RouteTable>;

Tables TablesOf(const PerFamily<std::vector<const Rule*>>& rules, const std::vector<Route>& routes) {
  Tables tables;
  for (const Family family : kFamilies)
    for (const Rule* rule : rules[family])
      if (rule->table != RT_TABLE_MAIN) tables[{family, rule->table}];
  if (tables.empty()) return tables;
  for (const Route& route : routes) {
    if (route.table == RT_TABLE_MAIN || route.table == RT_TABLE_LOCAL) continue;
    const auto table = tables.find({route.family(), route.table});
    if (table == tables.end()) continue;
    table->second.routes.try_emplace(route.destination, &route);
    table->second.lengths.insert(route.destination.length);
  }
  return tables;
}

bool Passes(const Rule& rule, int length) {
  return rule.shortest_prefix && length <= static_cast<int>(*rule.shortest_prefix);
}

// That decides in the place of `route`, which is main's; null: main does.
RuleDetour DetourOf(const Route& route, const std::vector<const Rule*>& rules, const Tables& tables) {
  for (const Rule* rule : rules) {
    if (rule->to && (rule->to->length > route.destination.length || !rule->to->Contains(route.destination.address)))
      continue;
    if (rule->table == RT_TABLE_MAIN) {
      if (Passes(*rule, route.destination.length)) continue;
      return {};
    }
    const Route* taken = tables.at({route.family(), rule->table}).Match(route.destination);
    if (taken == nullptr || taken->type == RTN_THROW || Passes(*rule, taken->destination.length)) continue;
    const bool same_way = taken->link == route.link && taken->gateway == route.gateway && taken->type == route.type;
    return same_way ? RuleDetour{} : RuleDetour{rule, taken, route.destination, route.destination, 1};
  }
  return {};
}

void Add(const Prefix& block, RuleDetour& detour) {
  ++detour.blocks;
  detour.around = HullOf(detour.around, block);
}

}  // namespace

bool IsWireguardRule(const Rule& rule) {
  constexpr uint32_t kMarksOfFelix = 0xffff0000;
  return rule.inverted && rule.action == FR_ACT_TO_TBL && rule.mask == rule.mark && absl::has_single_bit(rule.mask) &&
         (rule.mask & kMarksOfFelix) != 0;
}

std::vector<RuleDetour> RuleDetours(const std::vector<Rule>& rules, const std::vector<Route>& routes,
                                    const LinkIndex& links) {
  PerFamily<std::vector<const Rule*>> before;
  for (const Family family : kFamilies) before[family] = BeforeMain(family, rules);
  const Tables tables = TablesOf(before, routes);
  if (tables.empty()) return {};
  std::map<std::pair<uint32_t, Prefix>, RuleDetour> detours;
  for (const Route& route : routes) {
    if (route.hop != 0 || (!IsRemoteBlock(route, links) && !IsLocalBlock(route))) continue;
    const RuleDetour detour = DetourOf(route, before[route.family()], tables);
    if (detour.rule == nullptr) continue;
    const auto [entry, is_new] = detours.try_emplace({detour.rule->priority, detour.route->destination}, detour);
    if (!is_new) Add(route.destination, entry->second);
  }
  std::vector<RuleDetour> found;
  found.reserve(detours.size());
  for (const auto& [key, detour] : detours) found.push_back(detour);
  return found;
}

}  // namespace caliwatch
