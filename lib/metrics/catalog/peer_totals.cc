// SPDX-License-Identifier: Apache-2.0
// What is told of all peers of a kind together, whichever of them have series of their own.

#include <algorithm>
#include <map>
#include <utility>

#include "lib/metrics/metric.h"

namespace caliwatch {
namespace {

bool KnowsPeers(const Report& report, Family family) {
  return report.birds[family].is_current() && report.birds[family].knows_peers;
}

std::vector<std::string> LabelsOf(Family family, PeerKind kind) {
  return {std::string(ToString(family)), std::string(ToString(kind))};
}

// Of each kind, 0 where there is none.
auto CountOf(bool (*counts)(const PeerReport&)) {
  return [counts](const Exposed& exposed, Samples& samples) {
    std::map<std::pair<Family, PeerKind>, int> peers;
    for (const PeerReport& entry : exposed.report.peers) peers[{entry.family, entry.peer.kind}] += counts(entry);
    for (const Family family : kFamilies)
      for (const PeerKind kind : kPeerKinds)
        if (KnowsPeers(exposed.report, family)) samples.Add(LabelsOf(family, kind), peers[{family, kind}]);
  };
}

using ReadPeer = std::function<std::optional<double>(const PeerReport&)>;

// For each family whose peers are known and each kind of which it has any.
void AddSums(const Report& report, const ReadPeer& read, Samples& samples) {
  std::map<std::pair<Family, PeerKind>, double> sums;
  for (const PeerReport& entry : report.peers)
    if (KnowsPeers(report, entry.family)) sums[{entry.family, entry.peer.kind}] += read(entry).value_or(0);
  for (const auto& [key, sum] : sums) samples.Add(LabelsOf(key.first, key.second), sum);
}

auto SumOf(ReadPeer read) {
  return [read = std::move(read)](const Exposed& exposed, Samples& samples) { AddSums(exposed.report, read, samples); };
}

auto SumOfRoutes(uint32_t RouteCounts::*count) {
  return SumOf([count](const PeerReport& entry) -> std::optional<double> {
    if (!entry.peer.routes) return std::nullopt;
    return (*entry.peer.routes).*count;
  });
}

void ReadKernelRoutes(const Exposed& exposed, Samples& samples) {
  if (exposed.report.kernel.routes.ok())
    AddSums(
        exposed.report, [](const PeerReport& entry) { return entry.kernel_routes; }, samples);
}

// Of each kind the one value that is worst; no series where no peer has one.
auto WorstOf(ReadPeer read, const double& (*worse)(const double&, const double&)) {
  return [read = std::move(read), worse](const Exposed& exposed, Samples& samples) {
    std::map<std::pair<Family, PeerKind>, double> worst;
    for (const PeerReport& entry : exposed.report.peers) {
      const std::optional<double> value = read(entry);
      if (!value || !KnowsPeers(exposed.report, entry.family)) continue;
      const auto [slot, is_first] = worst.try_emplace({entry.family, entry.peer.kind}, *value);
      if (!is_first) slot->second = worse(slot->second, *value);
    }
    for (const auto& [key, value] : worst) samples.Add(LabelsOf(key.first, key.second), value);
  };
}

std::optional<double> HoldTimerOf(const PeerReport& entry) {
  if (!entry.peer.hold_timer) return std::nullopt;
  return absl::ToDoubleSeconds(entry.peer.hold_timer->remaining);
}

std::optional<double> RoundTripOf(const PeerReport& entry) {
  if (!entry.socket || !entry.socket->rtt) return std::nullopt;
  return absl::ToDoubleSeconds(*entry.socket->rtt);
}

void ReadFlaps(const Exposed& exposed, Samples& samples) {
  for (const Family family : kFamilies) {
    const BirdReport& bird = exposed.report.birds[family];
    if (!bird.expected) continue;
    for (const PeerKind kind : kPeerKinds) {
      const auto counted = bird.counts.flaps.find(kind);
      samples.Add(LabelsOf(family, kind),
                  counted == bird.counts.flaps.end() ? 0 : static_cast<double>(counted->second));
    }
  }
}

const std::vector<absl::string_view> kKind = {"family", "kind"};

const RegisterMetrics registered{
    {"caliwatch_bgp_peers", MetricType::Gauge, "BGP peers that BIRD is configured with.", kKind,
     CountOf([](const PeerReport&) { return true; })},
    {"caliwatch_bgp_peers_established", MetricType::Gauge,
     "BGP peers whose protocol is up and whose session is Established.", kKind,
     CountOf([](const PeerReport& entry) { return entry.peer.IsUp(); })},
    {"caliwatch_bgp_flaps_total", MetricType::Counter,
     "Times that sessions left Established, of all peers together; kept over restarts of the agent, and when a peer is "
     "taken out of BIRD's configuration.",
     kKind, ReadFlaps},
    {"caliwatch_bgp_routes_imported", MetricType::Gauge, "Routes that BIRD has from peers, of all together.", kKind,
     SumOfRoutes(&RouteCounts::imported)},
    {"caliwatch_bgp_routes_exported", MetricType::Gauge, "Routes that BIRD announces to peers, of all together.", kKind,
     SumOfRoutes(&RouteCounts::exported)},
    {"caliwatch_bgp_routes_preferred", MetricType::Gauge,
     "Routes from peers that BIRD holds for the best, of all together.", kKind, SumOfRoutes(&RouteCounts::preferred)},
    {"caliwatch_bgp_kernel_routes", MetricType::Gauge,
     "Routes of the kernel's main table whose gateway is a peer, of all peers together; each next hop of a multipath "
     "route counts.",
     kKind, ReadKernelRoutes},
    {"caliwatch_bgp_shortest_hold_timer_remaining_seconds", MetricType::Gauge,
     "Seconds until the first of all hold timers runs out.", kKind, WorstOf(HoldTimerOf, std::min<double>)},
    {"caliwatch_bgp_longest_tcp_rtt_seconds", MetricType::Gauge,
     "Round-trip time to the peer that has the longest, smoothed, as TCP measures it.", kKind,
     WorstOf(RoundTripOf, std::max<double>)},
};

}  // namespace
}  // namespace caliwatch
