// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/path/hop_findings.h"

#include <algorithm>
#include <array>
#include <utility>

namespace caliwatch {
namespace {

// How a finding is known to be about a hop.
enum class By : uint8_t {
  kSubject,  // its subject is one of the hop's things
  kRelated,  // or something else that it is about
  kNetwork,  // its subject is a network that holds the destination
  kFamily,   // it concerns all of the address family
};

struct Row {
  absl::string_view check;
  HopKind kind;
  HopEffect effect = HopEffect::kCuts;
  By by = By::kSubject;
};

constexpr HopEffect kCuts = HopEffect::kCuts, kLimits = HopEffect::kLimits, kNotes = HopEffect::kNotes;

constexpr std::array kRows = {
    Row{"workload_interface_down", HopKind::kInterface},
    Row{"workload_interface_missing", HopKind::kInterface},
    Row{"workload_not_programmed", HopKind::kInterface},
    Row{"workload_interface_left", HopKind::kInterface, kNotes},
    Row{"orphan_workload_interface", HopKind::kInterface, kNotes},
    Row{"mtu_mismatch", HopKind::kInterface, kLimits},
    Row{"duplicate_workload_ip", HopKind::kInterface, kLimits},
    Row{"foreign_pod_in_block", HopKind::kInterface, kNotes},
    Row{"workload_ip_outside_local_blocks", HopKind::kInterface, kNotes},
    Row{"pod_gateway_unreachable", HopKind::kGateway},
    Row{"pod_gateway_wrong_mac", HopKind::kGateway},
    Row{"pod_gateway_unanswered", HopKind::kGateway, kCuts, By::kRelated},
    Row{"proxy_arp_disabled", HopKind::kGateway},
    Row{"workload_route_missing", HopKind::kSource},
    Row{"workload_route_wrong_interface", HopKind::kSource},
    Row{"workload_routes_all_missing", HopKind::kSource, kCuts, By::kFamily},
    Row{"forwarding_disabled", HopKind::kForwarding},
    Row{"policy_rule_before_main", HopKind::kRules},
    Row{"workload_route_missing", HopKind::kRoute},
    Row{"workload_route_wrong_interface", HopKind::kRoute},
    Row{"workload_routes_all_missing", HopKind::kRoute},
    Row{"workload_route_linkdown", HopKind::kRoute},
    Row{"expected_route_missing", HopKind::kRoute},
    Row{"vxlan_route_missing", HopKind::kRoute},
    Row{"route_missing_from_kernel", HopKind::kRoute, kCuts, By::kNetwork},
    Row{"felix_route_missing", HopKind::kRoute, kCuts, By::kNetwork},
    Row{"route_unreachable", HopKind::kRoute, kCuts, By::kNetwork},
    Row{"block_overlaps_network", HopKind::kRoute, kCuts, By::kNetwork},
    Row{"blackhole_without_block", HopKind::kRoute},
    Row{"route_through_workload", HopKind::kRoute},
    Row{"block_announced_by_several_peers", HopKind::kRoute, kLimits},
    Row{"route_without_encapsulation", HopKind::kRoute, kLimits},
    Row{"route_flapping", HopKind::kRoute, kLimits},
    Row{"route_owner_conflict", HopKind::kRoute, kNotes},
    Row{"router_advertisements_ignored", HopKind::kRoute, kNotes},
    Row{"tunnel_device_down", HopKind::kRoute, kNotes},
    Row{"tunnel_device_missing", HopKind::kRoute, kNotes},
    Row{"bgp_peer_down", HopKind::kPeer, kNotes},
    Row{"bgp_peer_down_routes_kept", HopKind::kPeer, kNotes},
    Row{"bgp_peers_share_cause", HopKind::kPeer, kNotes, By::kRelated},
    Row{"peer_established_without_routes", HopKind::kPeer, kNotes},
    Row{"peer_flapping", HopKind::kPeer, kNotes},
    Row{"peer_hold_timer_low", HopKind::kPeer, kNotes},
    Row{"peer_routes_ignored", HopKind::kPeer, kNotes},
    Row{"bird_down", HopKind::kPeer, kNotes},
    Row{"bird_restarts_often", HopKind::kPeer, kNotes},
    Row{"bird_configuration_old", HopKind::kPeer, kNotes},
    Row{"graceful_restart_blocked", HopKind::kPeer, kNotes},
    Row{"bgp_listen_overflow", HopKind::kPeer, kNotes},
    Row{"tunnel_device_down", HopKind::kTunnel},
    Row{"tunnel_device_missing", HopKind::kTunnel},
    Row{"tunnel_unanswered", HopKind::kTunnel},
    Row{"vxlan_neighbor_incomplete", HopKind::kTunnel},
    Row{"vxlan_fdb_incomplete", HopKind::kTunnel},
    Row{"vxlan_source_address_not_local", HopKind::kTunnel},
    Row{"vxlan_source_interface_wrong", HopKind::kTunnel, kLimits},
    Row{"vxlan_mac_shared", HopKind::kTunnel, kLimits, By::kRelated},
    Row{"tunnel_address_missing", HopKind::kTunnel, kLimits},
    Row{"wireguard_incomplete", HopKind::kTunnel, kLimits},
    Row{"mtu_mismatch", HopKind::kTunnel, kLimits},
    Row{"node_overlay_broken", HopKind::kTunnel},
    Row{"node_large_packets_lost", HopKind::kTunnel, kLimits},
    Row{"routes_partly_tunnelled", HopKind::kTunnel, kNotes},
    Row{"tunnel_address_in_remote_block", HopKind::kTunnel, kNotes},
    Row{"peer_path_one_way", HopKind::kUnderlay},
    Row{"bgp_source_address_not_local", HopKind::kUnderlay},
    Row{"node_address_wrong", HopKind::kUnderlay},
    Row{"node_address_unsteady", HopKind::kUnderlay, kNotes},
    Row{"path_mtu_too_small", HopKind::kUnderlay, kLimits},
    Row{"neighbor_table_full", HopKind::kUnderlay, kNotes, By::kFamily},
    Row{"workload_answers_no_arp", HopKind::kNeighbor},
    Row{"workload_neighbor_mac_mismatch", HopKind::kNeighbor},
    Row{"duplicate_neighbor_ip", HopKind::kNeighbor, kLimits},
    Row{"neighbor_table_full", HopKind::kNeighbor, kNotes, By::kFamily},
};

// Of daemons, files and the control plane, and of addresses that nobody has.
constexpr std::array<absl::string_view, 11> kNowhere = {"bgp_without_peers",        "bird_routes_left_over",
                                                        "calico_folders_empty",     "cni_token_old",
                                                        "endpoint_files_stale",     "felix_down",
                                                        "felix_not_ready",          "felix_restarts_often",
                                                        "nothing_judged",           "local_workload_peer_down",
                                                        "local_block_route_missing"};

HopVerdict VerdictOf(HopEffect effect) {
  switch (effect) {
    case HopEffect::kCuts:
      return HopVerdict::kWrong;
    case HopEffect::kLimits:
      return HopVerdict::kLimited;
    case HopEffect::kNotes:
      break;
  }
  return HopVerdict::kGood;
}

bool Holds(const std::vector<Thing>& things, const Thing& thing) {
  return std::find(things.begin(), things.end(), thing) != things.end();
}

bool IsAbout(const Finding& finding, By by, const HopThings& hop) {
  const std::optional<Family> family = finding.family ? finding.family : FamilyOf(finding.subject);
  if (family && *family != hop.family) return false;
  switch (by) {
    case By::kFamily:
      return family.has_value();
    case By::kNetwork: {
      const auto* network = std::get_if<Prefix>(&finding.subject);
      return network != nullptr && hop.destination && network->Contains(*hop.destination);
    }
    case By::kRelated:
      if (std::any_of(finding.related.begin(), finding.related.end(),
                      [&](const Thing& thing) { return Holds(hop.things, thing); }))
        return true;
      break;
    case By::kSubject:
      break;
  }
  return Holds(hop.things, finding.subject);
}

const Verdict* VerdictOfCheck(const Report& report, absl::string_view check) {
  const auto verdict = std::find_if(report.verdicts.begin(), report.verdicts.end(),
                                    [&](const Verdict& each) { return each.check->name == check; });
  return verdict != report.verdicts.end() ? &*verdict : nullptr;
}

// What explains the finding, if that is listed.
void NameCause(const Report& report, HopFinding& found) {
  if (!found.open->cause) return;
  const Verdict* verdict = VerdictOfCheck(report, found.open->cause->check);
  if (verdict == nullptr) return;
  for (const OpenFinding& open : verdict->findings)
    if (open.subject == found.open->cause->subject) {
      found.cause_check = verdict->check;
      found.cause = &open;
    }
}

}  // namespace

void TakeFindings(const Report& report, const HopThings& things, Hop& hop) {
  for (const Row& row : kRows) {
    if (row.kind != hop.kind) continue;
    const Verdict* verdict = VerdictOfCheck(report, row.check);
    if (verdict == nullptr) continue;
    for (const OpenFinding& open : verdict->findings) {
      if (!IsAbout(open.finding, row.by, things)) continue;
      HopFinding found{verdict->check, &open, std::min(row.effect, things.at_most)};
      NameCause(report, found);
      hop.findings.push_back(found);
      hop.verdict = std::max(hop.verdict, VerdictOf(found.effect));
    }
  }
  std::stable_sort(hop.findings.begin(), hop.findings.end(),
                   [](const HopFinding& a, const HopFinding& b) { return a.effect > b.effect; });
}

void Worsen(Hop& hop, HopVerdict verdict, std::string why) {
  if (verdict < hop.verdict) return;
  hop.verdict = verdict;
  hop.why = std::move(why);
}

bool IsPlacedOnPaths(absl::string_view check) {
  return std::any_of(kRows.begin(), kRows.end(), [&](const Row& row) { return row.check == check; }) ||
         std::find(kNowhere.begin(), kNowhere.end(), check) != kNowhere.end();
}

}  // namespace caliwatch
