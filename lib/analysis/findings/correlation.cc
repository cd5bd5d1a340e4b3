// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/correlation.h"

#include <optional>
#include <string>
#include <utility>

#include <absl/container/flat_hash_map.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

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
    {"graceful_restart_blocked", "expected_route_missing", Tie::kSameFamily},
    {"graceful_restart_blocked", "route_missing_from_kernel", Tie::kSameFamily},
    {"graceful_restart_blocked", "local_block_route_missing", Tie::kSameFamily},
    {"graceful_restart_blocked", "peer_established_without_routes", Tie::kSameFamily},
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
    {"duplicate_neighbor_ip", "pod_gateway_unreachable"},
    {"workload_interface_down", "workload_route_missing"},
    {"workload_interface_down", "pod_gateway_unreachable"},
    {"workload_route_linkdown", "pod_gateway_unreachable"},
    {"workload_route_missing", "pod_gateway_unreachable"},
    {"forwarding_disabled", "pod_gateway_unreachable"},  // one interface's
    {"forwarding_disabled", "pod_gateway_unreachable", Tie::kSameFamily},
    {"proxy_arp_disabled", "pod_gateway_unreachable"},
    {"pod_gateway_wrong_mac", "pod_gateway_unreachable"},
    {"tunnel_device_down", "local_block_route_missing"},
};

// Subjects end with it ("BIRD ipv6", "all IPv6"), or are addresses or prefixes. Others, as an interface, have none.
std::optional<Family> FamilyOf(const Finding& finding) {
  for (Family family : kFamilies)
    if (absl::EndsWithIgnoreCase(finding.subject, absl::StrCat(" ", ToString(family)))) return family;
  const absl::StatusOr<Prefix> prefix = Prefix::Parse(finding.subject);
  return prefix.ok() ? std::optional(prefix->address.family) : std::nullopt;
}

struct Node {
  absl::string_view check;
  OpenFinding* open;

  const std::string& subject() const { return open->finding.subject; }
};

// Finds causes. A broken node may have hundreds of findings: none is compared with every other.
class Causes {
 public:
  explicit Causes(const std::vector<Node>& nodes) {
    for (const Node& node : nodes) {
      if (const auto family = FamilyOf(node.open->finding)) by_family_.try_emplace({node.check, *family}, &node);
      by_subject_.try_emplace({node.check, node.subject()}, &node);
      by_thing_.try_emplace({node.check, node.subject()}, &node);
      for (const std::string& thing : node.open->finding.about) by_thing_.try_emplace({node.check, thing}, &node);
    }
  }

  // The first of the chain that leads to `effect`; null: it has no cause. The rules hold no circle, so that it ends.
  const Node* FirstCauseOf(const Node& effect) const {
    const Node* cause = CauseOf(effect);
    const Node* further = cause != nullptr ? FirstCauseOf(*cause) : nullptr;
    return further != nullptr ? further : cause;
  }

 private:
  using Key = std::pair<absl::string_view, absl::string_view>;

  template <class Index>
  static const Node* Find(const Index& index, const typename Index::key_type& key) {
    const auto found = index.find(key);
    return found != index.end() ? found->second : nullptr;
  }

  const Node* ByThing(absl::string_view check, const Finding& effect) const {
    const Node* cause = Find(by_thing_, {check, effect.subject});
    for (const std::string& thing : effect.about)
      if (cause == nullptr) cause = Find(by_thing_, {check, thing});
    return cause;
  }

  const Node* ByFamily(absl::string_view check, const Finding& effect) const {
    const std::optional<Family> family = FamilyOf(effect);
    return family ? Find(by_family_, {check, *family}) : nullptr;
  }

  // One with the same subject goes before any other.
  const Node* CauseOf(const Node& effect) const {
    const Node* cause = nullptr;
    for (const Rule& rule : kRules) {
      if (rule.effect != effect.check) continue;
      if (const Node* same = Find(by_subject_, {rule.cause, effect.subject()})) return same;
      if (cause == nullptr)
        cause = rule.tie == Tie::kSameFamily ? ByFamily(rule.cause, effect.open->finding)
                                             : ByThing(rule.cause, effect.open->finding);
    }
    return cause;
  }

  absl::flat_hash_map<std::pair<absl::string_view, Family>, const Node*> by_family_;
  absl::flat_hash_map<Key, const Node*> by_subject_, by_thing_;
};

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
  const Causes causes(nodes);
  for (const Node& effect : nodes)
    if (const Node* cause = causes.FirstCauseOf(effect))
      effect.open->explained_by = FindingId{cause->check, cause->subject()};
}

}  // namespace caliwatch
