// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include <absl/strings/str_cat.h>

#include "lib/metrics/metric.h"

namespace caliwatch {
namespace {

// Beyond this many peers, series for every peer of every node would grow a cluster's Prometheus with the square of its
// nodes.
constexpr size_t kDetailedPeers = 200;

bool IsShown(const PeerReport& entry, size_t peers, PeerDetail detail) {
  if (detail == PeerDetail::kNone) return false;
  const bool only_problems = detail == PeerDetail::kProblems || (detail == PeerDetail::kAuto && peers > kDetailedPeers);
  return !only_problems || !entry.peer.IsUp();
}

// Which of two goes first where there is no room for both: other nodes and routers before workloads, and whoever has
// been down for longer. One that comes and goes then takes nobody's place, and the choice stays the same from poll to
// poll until one of those chosen is up.
bool GoesFirst(const PeerReport* a, const PeerReport* b) {
  const auto rank = [](const PeerReport* entry) {
    return std::tuple(entry->peer.kind == PeerKind::kLocalWorkload, entry->since.value_or(absl::InfiniteFuture()));
  };
  return rank(a) < rank(b);
}

std::string NameOf(const BgpPeer& peer) { return peer.address ? peer.address->ToString() : peer.name; }

// The peers to show, one a label set: of two sessions with one address, the one that is down.
std::vector<const PeerReport*> Shown(const Report& report, PeerDetail detail) {
  std::map<std::tuple<Family, std::string, PeerKind>, const PeerReport*> chosen;
  for (const PeerReport& entry : report.peers) {
    if (!report.birds[entry.family].is_current() || !IsShown(entry, report.peers.size(), detail)) continue;
    const PeerReport*& slot = chosen[{entry.family, NameOf(entry.peer), entry.peer.kind}];
    if (slot == nullptr || slot->peer.IsUp()) slot = &entry;
  }
  std::vector<const PeerReport*> shown;
  shown.reserve(chosen.size());
  for (const auto& [key, entry] : chosen) shown.push_back(entry);
  if (detail == PeerDetail::kAuto && shown.size() > kDetailedPeers) {
    std::stable_sort(shown.begin(), shown.end(), GoesFirst);
    shown.resize(kDetailedPeers);
  }
  return shown;
}

std::vector<std::string> LabelsOf(const PeerReport& entry) {
  return {std::string(ToString(entry.family)), NameOf(entry.peer), std::string(ToString(entry.peer.kind))};
}

using ReadPeer = std::function<std::optional<double>(const PeerReport&)>;

auto OfEachPeer(ReadPeer read) {
  return [read = std::move(read)](const Exposed& exposed, Samples& samples) {
    for (const PeerReport* entry : Shown(exposed.report, exposed.peer_detail))
      if (const std::optional<double> value = read(*entry)) samples.Add(LabelsOf(*entry), *value);
  };
}

auto OfRoutes(uint32_t RouteCounts::*count) {
  return OfEachPeer([count](const PeerReport& entry) -> std::optional<double> {
    if (!entry.peer.routes) return std::nullopt;
    return (*entry.peer.routes).*count;
  });
}

auto OfHoldTimer(absl::Duration Timer::*part) {
  return OfEachPeer([part](const PeerReport& entry) -> std::optional<double> {
    if (!entry.peer.hold_timer) return std::nullopt;
    return absl::ToDoubleSeconds((*entry.peer.hold_timer).*part);
  });
}

auto OfSocket(std::optional<double> (*read)(const BgpSocket&)) {
  return OfEachPeer([read](const PeerReport& entry) -> std::optional<double> {
    return entry.socket ? read(*entry.socket) : std::nullopt;
  });
}

std::optional<double> SecondsOf(const std::optional<absl::Duration>& duration) {
  return duration ? std::optional(absl::ToDoubleSeconds(*duration)) : std::nullopt;
}

void ReadInfo(const Exposed& exposed, Samples& samples) {
  for (const PeerReport* entry : Shown(exposed.report, exposed.peer_detail)) {
    std::vector<std::string> labels = LabelsOf(*entry);
    labels.push_back(entry->peer.name);
    labels.push_back(entry->peer.remote_as ? absl::StrCat(*entry->peer.remote_as) : "");
    samples.Add(std::move(labels), 1);
  }
}

void ReadLastError(const Exposed& exposed, Samples& samples) {
  for (const PeerReport* entry : Shown(exposed.report, exposed.peer_detail)) {
    const BgpPeer& peer = entry->peer;
    const PeerError& error = peer.error.error_class != PeerErrorClass::kNone ? peer.error : peer.last_error;
    if (error.error_class == PeerErrorClass::kNone) continue;
    std::vector<std::string> labels = LabelsOf(*entry);
    labels.emplace_back(ToString(error.error_class));
    labels.push_back(error.text);
    samples.Add(std::move(labels), 1);
  }
}

const std::vector<absl::string_view> kPeer = {"family", "peer", "kind"};

const RegisterMetrics registered{
    {"caliwatch_bgp_peer_up", MetricType::kGauge,
     "1 if the session is Established and BIRD's protocol is up, so that routes flow; 0 otherwise.", kPeer,
     OfEachPeer([](const PeerReport& entry) { return entry.peer.IsUp(); })},
    {"caliwatch_bgp_peer_state", MetricType::kGauge,
     "State of the session as RFC 4273 numbers it: 1 idle, 2 connect, 3 active, 4 opensent, 5 openconfirm, 6 "
     "established; 0 for what has no number there (passive, closing, disabled).",
     kPeer, OfEachPeer([](const PeerReport& entry) { return static_cast<double>(entry.peer.bgp_state); })},
    {"caliwatch_bgp_peer_state_since_timestamp_seconds", MetricType::kGauge,
     "When the peer's protocol in BIRD came into its present state. BIRD tells only the day once that is 20 hours ago.",
     kPeer, OfEachPeer([](const PeerReport& entry) -> std::optional<double> {
       if (!entry.since) return std::nullopt;
       return static_cast<double>(absl::ToUnixSeconds(*entry.since));
     })},
    {"caliwatch_bgp_peer_flaps_total", MetricType::kCounter,
     "Times the session left Established since the agent first saw the peer; kept over restarts of the agent.", kPeer,
     OfEachPeer([](const PeerReport& entry) { return static_cast<double>(entry.flaps); })},
    {"caliwatch_bgp_peer_routes_imported", MetricType::kGauge, "Routes that BIRD has from the peer.", kPeer,
     OfRoutes(&RouteCounts::imported)},
    {"caliwatch_bgp_peer_routes_exported", MetricType::kGauge, "Routes that BIRD announces to the peer.", kPeer,
     OfRoutes(&RouteCounts::exported)},
    {"caliwatch_bgp_peer_routes_preferred", MetricType::kGauge, "Routes from the peer that BIRD holds for the best.",
     kPeer, OfRoutes(&RouteCounts::preferred)},
    {"caliwatch_bgp_peer_kernel_routes", MetricType::kGauge,
     "Routes of the kernel's main table whose gateway is the peer; each next hop of a multipath route counts.", kPeer,
     OfEachPeer([](const PeerReport& entry) -> std::optional<double> {
       if (!entry.kernel_routes) return std::nullopt;
       return *entry.kernel_routes;
     })},
    {"caliwatch_bgp_peer_hold_time_seconds", MetricType::kGauge,
     "Hold time that the two ends agreed on: a peer silent for that long is given up.", kPeer,
     OfHoldTimer(&Timer::total)},
    {"caliwatch_bgp_peer_hold_timer_remaining_seconds", MetricType::kGauge,
     "Seconds until the hold timer runs out; BIRD restarts it, randomised, with each message of the peer.", kPeer,
     OfHoldTimer(&Timer::remaining)},
    {"caliwatch_bgp_peer_tcp_retransmits", MetricType::kGauge,
     "How often what the peer has not answered yet (SYN, SYN-ACK or data) was sent again; 0 when all is answered.",
     kPeer, OfSocket([](const BgpSocket& socket) -> std::optional<double> { return socket.retransmits; })},
    {"caliwatch_bgp_peer_tcp_rtt_seconds", MetricType::kGauge,
     "Round-trip time to the peer, smoothed, as TCP measures it.", kPeer,
     OfSocket([](const BgpSocket& socket) { return SecondsOf(socket.rtt); })},
    {"caliwatch_bgp_peer_tcp_last_received_seconds", MetricType::kGauge,
     "Seconds since the peer last sent anything; a keepalive is due every third of the hold time.", kPeer,
     OfSocket([](const BgpSocket& socket) { return SecondsOf(socket.last_received); })},
    {"caliwatch_bgp_peer_info",
     MetricType::kGauge,
     "1; name of the peer's protocol in BIRD, and its AS number.",
     {"family", "peer", "kind", "protocol", "remote_as"},
     ReadInfo},
    {"caliwatch_bgp_peer_last_error_info",
     MetricType::kGauge,
     "1; the last error of the session, with BIRD's class and words. No series without an error.",
     {"family", "peer", "kind", "class", "error"},
     ReadLastError},
};

}  // namespace
}  // namespace caliwatch
