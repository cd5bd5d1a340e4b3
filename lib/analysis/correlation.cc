// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/correlation.h"

#include <algorithm>
#include <set>

#include <absl/strings/match.h>

namespace caliwatch {
namespace {

// kSameThing: both are about one peer, address, prefix or interface, at least. kSameFamily: the cause concerns all of
// its address family.
enum class Tie { kSameThing, kSameFamily };

struct Rule {
  absl::string_view cause;
  absl::string_view effect;
  Tie tie = Tie::kSameThing;
};

constexpr Rule kRules[] = {
    {"bird_down", "expected_route_missing", Tie::kSameFamily},
    {"bird_down", "route_missing_from_kernel", Tie::kSameFamily},
    {"bird_down", "local_block_route_missing", Tie::kSameFamily},
    {"bird_down", "bgp_listen_overflow", Tie::kSameFamily},
    {"bird_down", "route_without_encapsulation", Tie::kSameFamily},
    {"graceful_restart_blocked", "expected_route_missing", Tie::kSameFamily},
    {"graceful_restart_blocked", "route_missing_from_kernel", Tie::kSameFamily},
    {"graceful_restart_blocked", "local_block_route_missing", Tie::kSameFamily},
    {"graceful_restart_blocked", "peer_established_without_routes", Tie::kSameFamily},
    {"graceful_restart_blocked", "bgp_peer_down"},
    {"bgp_source_address_not_local", "bgp_peer_down"},
    {"bgp_source_address_not_local", "peer_hold_timer_low", Tie::kSameFamily},
    {"bgp_source_address_not_local", "peer_path_one_way", Tie::kSameFamily},
    {"peer_path_one_way", "bgp_peer_down"},
    {"peer_path_one_way", "peer_hold_timer_low"},
    {"bgp_peer_down", "expected_route_missing"},
    {"bgp_peer_down", "peer_flapping"},
    {"bgp_peer_down", "peer_hold_timer_low"},
    {"peer_hold_timer_low", "expected_route_missing"},
    {"peer_flapping", "expected_route_missing"},
    {"peer_flapping", "peer_established_without_routes"},
    {"route_owner_conflict", "route_missing_from_kernel"},
    {"route_owner_conflict", "expected_route_missing"},
    {"block_announced_by_several_peers", "expected_route_missing"},
    {"duplicate_workload_ip", "duplicate_neighbor_ip"},
    {"duplicate_workload_ip", "pod_gateway_unreachable"},
    {"duplicate_workload_ip", "workload_route_wrong_interface"},
    {"duplicate_workload_ip", "workload_neighbor_mac_mismatch"},
    {"duplicate_workload_ip", "workload_ip_outside_local_blocks"},
    {"workload_route_wrong_interface", "duplicate_neighbor_ip"},
    {"workload_route_wrong_interface", "pod_gateway_unreachable"},
    {"duplicate_neighbor_ip", "orphan_workload_interface"},
    {"workload_interface_down", "workload_route_missing"},
    {"workload_interface_down", "workload_route_linkdown"},
    {"workload_interface_down", "pod_gateway_unreachable"},
    {"workload_route_linkdown", "pod_gateway_unreachable"},
    {"workload_route_missing", "pod_gateway_unreachable"},
    {"forwarding_disabled", "pod_gateway_unreachable", Tie::kSameFamily},
    {"forwarding_disabled", "proxy_arp_disabled", Tie::kSameFamily},
    {"proxy_arp_disabled", "pod_gateway_unreachable"},
    {"pod_gateway_wrong_mac", "pod_gateway_unreachable"},
    {"tunnel_device_down", "vxlan_neighbor_incomplete"},
    {"tunnel_device_down", "vxlan_fdb_incomplete"},
    {"tunnel_device_down", "mtu_mismatch"},
    {"tunnel_device_down", "local_block_route_missing"},
    {"vxlan_neighbor_incomplete", "vxlan_fdb_incomplete"},
};

std::set<std::string> ThingsOf(const Finding& finding) {
  std::set<std::string> things(finding.about.begin(), finding.about.end());
  things.insert(finding.subject);
  return things;
}

bool ShareAThing(const Finding& a, const Finding& b) {
  const std::set<std::string> things = ThingsOf(a);
  const std::set<std::string> others = ThingsOf(b);
  return std::any_of(things.begin(), things.end(), [&](const std::string& thing) { return others.count(thing) != 0; });
}

// Subjects name it ("BIRD ipv6", "all IPv6"), or are addresses; an interface has none of its own.
Family FamilyOf(const Finding& finding) {
  const bool ipv6 = absl::StrContains(finding.subject, ':') || absl::StrContains(finding.subject, "ipv6") ||
                    absl::StrContains(finding.subject, "IPv6");
  return ipv6 ? Family::kIpv6 : Family::kIpv4;
}

struct Node {
  absl::string_view check;
  OpenFinding* open;
};

// 0: it does not. 2: and both have one subject, which is better than another tie.
int Explains(const Node& cause, const Node& effect) {
  const bool does = std::any_of(std::begin(kRules), std::end(kRules), [&](const Rule& rule) {
    if (rule.cause != cause.check || rule.effect != effect.check) return false;
    return rule.tie == Tie::kSameThing ? ShareAThing(cause.open->finding, effect.open->finding)
                                       : FamilyOf(cause.open->finding) == FamilyOf(effect.open->finding);
  });
  return does ? 1 + (cause.open->finding.subject == effect.open->finding.subject) : 0;
}

// The rules hold no circle, so that going from cause to cause ends.
const Node* CauseOf(const Node& effect, const std::vector<Node>& nodes) {
  const Node* cause = nullptr;
  for (const Node& node : nodes)
    if (const int explains = Explains(node, effect); explains > (cause == nullptr ? 0 : Explains(*cause, effect)))
      cause = &node;
  if (cause == nullptr) return nullptr;
  const Node* further = CauseOf(*cause, nodes);
  return further != nullptr ? further : cause;
}

}  // namespace

std::vector<std::pair<absl::string_view, absl::string_view>> CorrelationRules() {
  std::vector<std::pair<absl::string_view, absl::string_view>> rules;
  for (const Rule& rule : kRules) rules.emplace_back(rule.cause, rule.effect);
  return rules;
}

void Correlate(std::vector<Verdict>& verdicts) {
  std::vector<Node> nodes;
  for (Verdict& verdict : verdicts)
    for (OpenFinding& open : verdict.findings) nodes.push_back({verdict.check->name, &open});
  for (const Node& effect : nodes)
    if (const Node* cause = CauseOf(effect, nodes))
      effect.open->explained_by = FindingName{cause->check, cause->open->finding.subject};
}

}  // namespace caliwatch
