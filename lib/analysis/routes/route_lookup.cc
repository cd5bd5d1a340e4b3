// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/route_lookup.h"

#include <algorithm>

#include <linux/fib_rules.h>

#include "lib/analysis/routes/prefix_set.h"

namespace caliwatch {
namespace {

std::vector<Rule> FirstRules(Family family) {
  std::vector<Rule> rules;
  rules.reserve(3);
  for (const uint32_t table : {RT_TABLE_LOCAL, RT_TABLE_MAIN, RT_TABLE_DEFAULT}) {
    Rule rule;
    rule.family = family;
    rule.action = FR_ACT_TO_TBL;
    rule.table = table;
    rules.push_back(rule);
  }
  return rules;
}

bool Takes(const Rule& rule, const Packet& packet) {
  const bool hit = (rule.input_interface.empty() || rule.input_interface == packet.input_interface) &&
                   rule.output_interface.empty() && (rule.mark & rule.mask) == 0 &&
                   (!rule.from || (packet.from && rule.from->Contains(*packet.from))) &&
                   (!rule.to || rule.to->Contains(packet.to));
  return hit != rule.inverted;
}

bool Refuses(uint8_t action) {
  return action == FR_ACT_BLACKHOLE || action == FR_ACT_UNREACHABLE || action == FR_ACT_PROHIBIT;
}

bool IsPassedOver(absl::Span<const Route> found, const Rule& rule) {
  return found.empty() || found.front().type == RTN_THROW ||
         (rule.shortest_prefix && found.front().destination.length <= *rule.shortest_prefix);
}

bool IsUsable(const Route& route) { return route.tos == 0 && (route.flags & RTNH_F_DEAD) == 0; }

}  // namespace

RouteLookup::RouteLookup(const std::vector<Route>& routes, const std::vector<Rule>& rules) : routes_(&routes) {
  for (const Rule& rule : rules) rules_[rule.family].push_back(rule);
  for (const Family family : kFamilies) {
    if (rules_[family].empty()) rules_[family] = FirstRules(family);
    std::stable_sort(rules_[family].begin(), rules_[family].end(),
                     [](const Rule& a, const Rule& b) { return a.priority < b.priority; });
  }
}

RouteDecision RouteLookup::Decide(const Packet& packet) const {
  for (const Rule& rule : rules_[packet.to.family]) {
    if (!Takes(rule, packet)) continue;
    if (Refuses(rule.action)) return {&rule};
    if (rule.action != FR_ACT_TO_TBL) continue;
    const absl::Span<const Route> found = InTable(rule.table, packet.to);
    if (!IsPassedOver(found, rule)) return {&rule, found};
  }
  return {};
}

absl::Span<const Route> RouteLookup::InTable(uint32_t table, const IpAddress& to) const {
  Route wanted;
  wanted.table = table;
  for (int length = static_cast<int>(to.size()) * 8; length >= 0; --length) {
    wanted.destination = Shortened({to, 0}, static_cast<uint8_t>(length));
    const auto is_wanted = [&](const Route& route) {
      return route.table == table && route.destination == wanted.destination;
    };
    auto first = std::lower_bound(routes_->begin(), routes_->end(), wanted,
                                  [](const Route& a, const Route& b) { return a.CompareKey(b) < 0; });
    while (first != routes_->end() && is_wanted(*first) && !IsUsable(*first)) ++first;
    if (first == routes_->end() || !is_wanted(*first)) continue;
    const auto last = std::find_if(first, routes_->end(), [&](const Route& route) {
      return !is_wanted(route) || route.metric != first->metric || !IsUsable(route);
    });
    return {&*first, static_cast<size_t>(last - first)};
  }
  return {};
}

absl::StatusOr<RouteLookup> RouteLookupOf(const Table<Route>& routes, const Table<Rule>& rules) {
  if (!routes.ok()) return routes.status();
  if (!rules.ok() && !absl::IsNotFound(rules.status())) return rules.status();
  return RouteLookup(*routes, rules.value_or(std::vector<Rule>()));
}

bool LeavesBy(absl::Span<const Route> hops, int link) {
  return std::any_of(hops.begin(), hops.end(), [&](const Route& hop) { return hop.link == link; });
}

}  // namespace caliwatch
