// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/observe.h"

#include <algorithm>
#include <utility>

#include <absl/container/flat_hash_map.h>

#include "lib/analysis/bgp/bgp_sockets.h"
#include "lib/analysis/findings/correlation.h"
#include "lib/analysis/routes/route_diff.h"

namespace caliwatch {
namespace {

constexpr absl::string_view SourceOf(Family family) { return family == Family::kIpv4 ? "bird" : "bird6"; }

bool HasBirdRoutes(const Snapshot& snapshot, Family family) {
  return snapshot.routes.ok() &&
         std::any_of(snapshot.routes->begin(), snapshot.routes->end(), [family](const Route& route) {
           return route.family() == family && OwnerOf(route) == RouteOwner::kBird;
         });
}

template <class Value>
void KeepIfUnread(absl::StatusOr<Value>& current, const absl::StatusOr<Value>& before) {
  if (!current.ok() && before.ok()) current = before;
}

absl::flat_hash_map<IpAddress, uint32_t> RoutesByGateway(const std::vector<Route>& routes) {
  absl::flat_hash_map<IpAddress, uint32_t> counts;
  for (const Route& route : routes)
    if (route.gateway && route.table == RT_TABLE_MAIN) ++counts[*route.gateway];
  return counts;
}

std::vector<ExpectedRoute> Missing(const std::vector<ExpectedRoute>& expected, const std::vector<Prefix>& missing) {
  std::vector<ExpectedRoute> routes;
  for (const ExpectedRoute& route : expected)
    if (std::binary_search(missing.begin(), missing.end(), route.destination)) routes.push_back(route);
  return routes;
}

BlockingPeer BlockingPeerFrom(const std::string& protocol, const Table<BgpPeer>& peers) {
  const BgpPeer* peer = peers.ok() ? FindPeer(*peers, protocol) : nullptr;
  if (peer == nullptr) return {protocol, protocol};
  return {protocol, peer->address ? peer->address->ToString() : protocol, peer->kind, peer->IsPassive()};
}

ConvergenceReport ReportOf(const ConvergenceStep& step, const ConvergenceState& state, const Snapshot& snapshot,
                           Family family) {
  ConvergenceReport report{.phase = step.phase,
                           .elapsed = step.elapsed,
                           .blocking_peers = {},
                           .missing_routes = step.missing.size(),
                           .gap = state.episode ? state.gaps.At(snapshot.boot_time)
                                                : (state.past.empty() ? RouteGap{} : state.past.back().gap),
                           .counts = state.counts,
                           .past = state.past,
                           .ended = step.ended};
  for (const std::string& protocol : step.blocking_peers)
    report.blocking_peers.push_back(BlockingPeerFrom(protocol, snapshot.bird(family).peers));
  return report;
}

}  // namespace

Report Observer::Observe(Snapshot snapshot, const Journal& journal) {
  ++polls_;
  ExpectBirds(snapshot);
  Report report;
  report.readings = Readings(snapshot);
  for (Family family : kFamilies) FollowFamily(snapshot, journal, family);
  peers_.Follow(snapshot, journal, memory_.flaps);
  Remember(snapshot);
  for (const Check& check : AllChecks()) report.verdicts.push_back(findings_.Judge(check, snapshot));
  Correlate(report.verdicts);
  findings_.KeepCausesForAWhile(report.verdicts, snapshot.taken_at);
  memory_.findings = findings_.Open();
  report.past_findings = findings_.past();
  FollowBirdStarts(snapshot);
  KeepLastGood(snapshot);
  CountRouteChanges(snapshot);
  report.peers = ReportPeers(snapshot);
  report.birds = birds_;
  for (Family family : kFamilies) report.birds[static_cast<size_t>(family)].local_address = peers_.LocalAddress(family);
  report.route_changes = route_changes_;
  report.polls = polls_;
  report.snapshot = previous_ = std::make_shared<const Snapshot>(std::move(snapshot));
  return report;
}

// What checks need to know of earlier polls.
void Observer::Remember(Snapshot& snapshot) const {
  for (Family family : kFamilies) {
    Bird& bird = snapshot.bird(family);
    bird.shortfall.flapping_peers = peers_.Flapping(family, snapshot.boot_time);
    if (bird.status.ok())
      bird.shortfall.source_addresses = peers_.SourceAddresses(family, *bird.status, snapshot.boot_time);
  }
  if (snapshot.bgp_sockets.ok() && previous_ && previous_->bgp_sockets.ok())
    MarkHeard(*previous_->bgp_sockets, *snapshot.bgp_sockets);
}

std::array<bool, 2> Observer::ask_bird_routes() const {
  return {doubts_[0].ask_bird_routes(), doubts_[1].ask_bird_routes()};
}

void Observer::FollowFamily(Snapshot& snapshot, const Journal& journal, Family family) {
  const auto index = static_cast<size_t>(family);
  if (!birds_[index].expected) return;
  Bird& bird = snapshot.bird(family);
  ConvergenceState& state = memory_.convergence[index];
  const ConvergenceStep step = Advance(state, BirdView(snapshot, journal, family), limits_.convergence);
  birds_[index].convergence = ReportOf(step, state, snapshot, family);
  counters_[index].Follow(BirdView(snapshot, journal, family), memory_.birds[index]);
  birds_[index].counts = memory_.birds[index];

  doubts_[index].Follow(BirdView(snapshot, journal, family), step.ask_bird_routes, bird);
  bird.shortfall.silent_peers = step.silent_peers;
  // Where BIRD's whole table is known, it tells more; while BIRD recovers, that is what to tell.
  const bool told_better = bird.routes.ok() || (bird.status.ok() && bird.status->recovery);
  if (!told_better) bird.shortfall.routes = Missing(state.expected.routes, step.missing);
}

// No socket means "not used here", unless BIRD ran here before or left its routes in the kernel.
void Observer::ExpectBirds(Snapshot& snapshot) {
  for (Family family : kFamilies) {
    Bird& bird = snapshot.bird(family);
    bool& expected = birds_[static_cast<size_t>(family)].expected;
    expected = expected || !absl::IsNotFound(bird.status.status()) || HasBirdRoutes(snapshot, family);
    if (!expected || !absl::IsNotFound(bird.status.status())) continue;
    const absl::Status gone = absl::UnavailableError(bird.status.status().message());
    bird.status = gone;
    bird.protocols = gone;
    bird.peers = gone;
  }
}

std::vector<SourceReading> Observer::Readings(const Snapshot& snapshot) {
  std::vector<SourceReading> readings;
  for (const SourceReading& reading : snapshot.sources) {
    const bool bird_expected = (reading.name == SourceOf(Family::kIpv4) && birds_[0].expected) ||
                               (reading.name == SourceOf(Family::kIpv6) && birds_[1].expected);
    // What this node never had does not apply to it; what it had and lost is a failure.
    if (absl::IsNotFound(reading.status) && !bird_expected && last_good_.count(reading.name) == 0) continue;
    if (reading.status.ok()) last_good_[reading.name] = snapshot.taken_at;
    readings.push_back(reading);
    readings.back().last_good =
        last_good_.count(reading.name) != 0 ? std::optional(last_good_[reading.name]) : std::nullopt;
  }
  return readings;
}

void Observer::FollowBirdStarts(const Snapshot& snapshot) {
  for (Family family : kFamilies) {
    const absl::StatusOr<BirdStatus>& status = snapshot.bird(family).status;
    std::optional<absl::Time>& started = birds_[static_cast<size_t>(family)].started;
    if (status.ok() && status->uptime)
      started = SameMomentOr(started, snapshot.taken_at - *status->uptime, absl::Seconds(1));
  }
}

void Observer::KeepLastGood(Snapshot& snapshot) const {
  if (!previous_) return;
  const auto fresh_enough = [&](absl::string_view source) {
    const auto good = last_good_.find(source);
    return good != last_good_.end() && snapshot.taken_at - good->second <= limits_.keep_last_good;
  };
  if (fresh_enough("links")) KeepIfUnread(snapshot.links, previous_->links);
  if (fresh_enough("addresses")) KeepIfUnread(snapshot.addresses, previous_->addresses);
  if (fresh_enough("routes")) KeepIfUnread(snapshot.routes, previous_->routes);
  if (fresh_enough("neighbors")) KeepIfUnread(snapshot.neighbors, previous_->neighbors);
  if (fresh_enough("fdb")) KeepIfUnread(snapshot.fdb, previous_->fdb);
  if (fresh_enough("netconf")) KeepIfUnread(snapshot.netconf, previous_->netconf);
  if (fresh_enough("neighbor_limits")) KeepIfUnread(snapshot.neighbor_limits, previous_->neighbor_limits);
  if (fresh_enough("bgp_sockets")) KeepIfUnread(snapshot.bgp_sockets, previous_->bgp_sockets);
  if (fresh_enough("pods")) KeepIfUnread(snapshot.pods, previous_->pods);
  if (fresh_enough("nodename")) KeepIfUnread(snapshot.node_name, previous_->node_name);
  if (fresh_enough("mtu")) KeepIfUnread(snapshot.calico_mtu, previous_->calico_mtu);
  if (fresh_enough("endpoint_status")) KeepIfUnread(snapshot.endpoints, previous_->endpoints);
  for (Family family : kFamilies) {
    if (!fresh_enough(SourceOf(family))) continue;
    KeepIfUnread(snapshot.bird(family).status, previous_->bird(family).status);
    KeepIfUnread(snapshot.bird(family).protocols, previous_->bird(family).protocols);
    KeepIfUnread(snapshot.bird(family).peers, previous_->bird(family).peers);
  }
}

void Observer::CountRouteChanges(const Snapshot& snapshot) {
  if (!previous_ || !previous_->routes.ok() || !snapshot.routes.ok()) return;
  const auto count = [this](RouteChange change) {
    return [this, change](const Route& route) {
      if (route.table == RT_TABLE_MAIN) ++route_changes_[{route.family(), OwnerOf(route), change}];
    };
  };
  DiffRoutes(*previous_->routes, *snapshot.routes, count(RouteChange::kRemoved), count(RouteChange::kAdded));
}

std::vector<PeerReport> Observer::ReportPeers(const Snapshot& snapshot) const {
  absl::flat_hash_map<IpAddress, uint32_t> kernel_routes;
  if (snapshot.routes.ok()) kernel_routes = RoutesByGateway(*snapshot.routes);
  const std::vector<Address>* addresses = snapshot.addresses.ok() ? &*snapshot.addresses : nullptr;

  std::vector<PeerReport> reports;
  for (Family family : kFamilies) {
    const Bird& bird = snapshot.bird(family);
    if (!bird.peers.ok() || !bird.status.ok()) continue;
    for (const BgpPeer& peer : *bird.peers) {
      const PeerKey key{family, peer.name};
      PeerReport report{family, peer, peers_.Since(key), 0, std::nullopt, Diagnose(peer, *bird.status, addresses)};
      const BgpSocket* socket =
          peer.address && snapshot.bgp_sockets.ok() ? SocketTowards(*peer.address, *snapshot.bgp_sockets) : nullptr;
      if (socket != nullptr) report.socket = *socket;
      if (const auto flaps = memory_.flaps.find(key); flaps != memory_.flaps.end()) report.flaps = flaps->second;
      if (snapshot.routes.ok() && peer.address) report.kernel_routes = kernel_routes[*peer.address];
      reports.push_back(std::move(report));
    }
  }
  return reports;
}

}  // namespace caliwatch
