// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <absl/strings/str_cat.h>

#include "lib/metrics/metric.h"

namespace caliwatch {
namespace {

std::vector<std::string> LabelsOf(const PeerReport& entry) {
  return {std::string(ToString(entry.family)), entry.peer.DisplayName(), std::string(ToString(entry.peer.kind))};
}

using ReadPeer = std::function<std::optional<double>(const PeerReport&)>;

using Peers = std::vector<const PeerReport*>;

// Of those of which all is told; or of another list.
auto OfEachPeer(ReadPeer read, Peers ShownPeers::*list = &ShownPeers::detailed) {
  return [read = std::move(read), list](const Exposed& exposed, Samples& samples) {
    for (const PeerReport* entry : exposed.peers.*list)
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
  for (const PeerReport* entry : exposed.peers.listed) {
    std::vector<std::string> labels = LabelsOf(*entry);
    labels.push_back(entry->peer.name);
    labels.push_back(entry->peer.remote_as ? absl::StrCat(*entry->peer.remote_as) : "");
    labels.push_back(GivenName(entry->peer));
    samples.Add(std::move(labels), 1);
  }
}

void ReadLastError(const Exposed& exposed, Samples& samples) {
  for (const PeerReport* entry : exposed.peers.detailed) {
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
    {"caliwatch_bgp_peer_up", MetricType::Gauge,
     "1 if the session is Established and BIRD's protocol is up, so that routes flow; 0 otherwise.", kPeer,
     OfEachPeer([](const PeerReport& entry) { return entry.peer.IsUp(); }, &ShownPeers::listed)},
    {"caliwatch_bgp_peer_state", MetricType::Gauge,
     "State of the session as RFC 4273 numbers it: 1 idle, 2 connect, 3 active, 4 opensent, 5 openconfirm, 6 "
     "established; 0 for what has no number there (passive, closing, disabled).",
     kPeer,
     OfEachPeer([](const PeerReport& entry) { return static_cast<double>(entry.peer.bgp_state); },
                &ShownPeers::stated)},
    {"caliwatch_bgp_peer_state_since_timestamp_seconds", MetricType::Gauge,
     "When the peer's protocol in BIRD came into its present state. BIRD tells only the day once that is 20 hours ago.",
     kPeer,
     OfEachPeer(
         [](const PeerReport& entry) -> std::optional<double> {
           if (!entry.since) return std::nullopt;
           return static_cast<double>(absl::ToUnixSeconds(*entry.since));
         },
         &ShownPeers::stated)},
    {"caliwatch_bgp_peer_flaps_total", MetricType::Counter,
     "Times the session left Established since the agent first saw the peer; kept over restarts of the agent. "
     "Of peers that have series of their own; all are in caliwatch_bgp_flaps_total.",
     kPeer, OfEachPeer([](const PeerReport& entry) { return static_cast<double>(entry.flaps); })},
    {"caliwatch_bgp_peer_routes_imported", MetricType::Gauge, "Routes that BIRD has from the peer.", kPeer,
     OfRoutes(&RouteCounts::imported)},
    {"caliwatch_bgp_peer_routes_exported", MetricType::Gauge, "Routes that BIRD announces to the peer.", kPeer,
     OfRoutes(&RouteCounts::exported)},
    {"caliwatch_bgp_peer_routes_preferred", MetricType::Gauge, "Routes from the peer that BIRD holds for the best.",
     kPeer, OfRoutes(&RouteCounts::preferred)},
    {"caliwatch_bgp_peer_kernel_routes", MetricType::Gauge,
     "Routes of the kernel's main table whose gateway is the peer; each next hop of a multipath route counts.", kPeer,
     OfEachPeer([](const PeerReport& entry) -> std::optional<double> {
       if (!entry.kernel_routes) return std::nullopt;
       return *entry.kernel_routes;
     })},
    {"caliwatch_bgp_peer_hold_time_seconds", MetricType::Gauge,
     "Hold time that the two ends agreed on: a peer silent for that long is given up.", kPeer,
     OfHoldTimer(&Timer::total)},
    {"caliwatch_bgp_peer_hold_timer_remaining_seconds", MetricType::Gauge,
     "Seconds until the hold timer runs out; BIRD restarts it, randomised, with each message of the peer.", kPeer,
     OfHoldTimer(&Timer::remaining)},
    {"caliwatch_bgp_peer_tcp_retransmits", MetricType::Gauge,
     "How often what the peer has not answered yet (SYN, SYN-ACK or data) was sent again; 0 when all is answered.",
     kPeer, OfSocket([](const BgpSocket& socket) -> std::optional<double> { return socket.retransmits; })},
    {"caliwatch_bgp_peer_tcp_rtt_seconds", MetricType::Gauge,
     "Round-trip time to the peer, smoothed, as TCP measures it.", kPeer,
     OfSocket([](const BgpSocket& socket) { return SecondsOf(socket.rtt); })},
    {"caliwatch_bgp_peer_tcp_last_received_seconds", MetricType::Gauge,
     "Seconds since the peer last sent anything; a keepalive is due every third of the hold time.", kPeer,
     OfSocket([](const BgpSocket& socket) { return SecondsOf(socket.last_received); })},
    {"caliwatch_bgp_peer_info",
     MetricType::Gauge,
     "1; name of the peer's protocol in BIRD, its AS number, and what BIRD's configuration calls it, where that is "
     "more "
     "than the words that Calico gives to each peer.",
     {"family", "peer", "kind", "protocol", "remote_as", "description"},
     ReadInfo},
    {"caliwatch_bgp_peer_last_error_info",
     MetricType::Gauge,
     "1; the last error of the session, with BIRD's class and words. No series without an error.",
     {"family", "peer", "kind", "class", "error"},
     ReadLastError},
};

}  // namespace
}  // namespace caliwatch
