// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/observe.h"

#include <algorithm>

#include "lib/analysis/evidence/evidence.h"
#include "lib/analysis/evidence/shown.h"
#include "lib/analysis/reach_report.h"
#include "lib/analysis/route_announcer.h"

namespace caliwatch {
namespace {

using BirdTables = PerFamily<const Table<BirdRoute>*>;  // none is null

// Of nothing where routes could not be read: then nobody looks.
const RouteTally& TallyIn(const Derived& derived) {
  static const RouteTally none;
  const auto& tally = std::get<absl::StatusOr<RouteTally>>(derived);
  return tally.ok() ? *tally : none;
}

BirdTables FollowBirdTables(PerFamily<BirdTableQuery>& queries, const Snapshot& seen, const PerFamily<BirdView>& birds,
                            const RouteTally& tally, const Sources& sources, const Convergence& convergence,
                            int polls_to_doubt) {
  BirdTables tables;
  for (const Family family : kFamilies) {
    const Table<BirdRoute>& answer = seen.birds[family].routes;
    tables[family] =
        sources.bird_expected[family]
            ? &queries[family].Follow(birds[family], tally, answer, convergence.asks_bird[family], polls_to_doubt)
            : &answer;
  }
  return tables;
}

void CountReconfigurations(PerFamily<BirdCounter>& counters, PerFamily<BirdCounts>& counts, const Sources& sources,
                           const PerFamily<BirdView>& birds, const Journal& journal) {
  for (const Family family : kFamilies)
    if (sources.bird_expected[family]) counters[family].Follow(birds[family], journal.birds[family], counts[family]);
}

void FollowPeers(State& state, const PerFamily<BirdView>& birds, const Journal& journal) {
  const PerFamily<std::map<PeerKind, uint64_t>> flapped = state.run.peers.Follow(birds, journal, state.kept.flaps);
  for (const Family family : kFamilies)
    for (const auto& [kind, times] : flapped[family]) state.kept.bird_counts[family].flaps[kind] += times;
  state.run.peers.Remember(state.kept.peers);
}

// How often each BIRD has been started anew, by counters that only grow.
PerFamily<uint64_t> RestartsOf(const PerFamily<ConvergenceState>& states) {
  return {{states[Family::kIpv4].counts.restarts, states[Family::kIpv6].counts.restarts}};
}

void FollowBirdRestarts(PersistentState& kept, const PerFamily<uint64_t>& before, BootTime now) {
  for (const Family family : kFamilies)
    kept.bird_restarts[family].Follow(kept.convergence[family].counts.restarts - before[family], now);
}

FelixRecollection RecollectFelix(const FelixHistory& history, const Snapshot& seen, bool expected,
                                 EndpointFileHistory::Doubts doubts) {
  const RememberedFelix& felix = history.remembered();
  const bool listens = !absl::IsNotFound(seen.felix.status());
  return {.is_away = felix.state != FelixState::kReady && (felix.answered || (expected && listens && !seen.felix.ok())),
          .answered = felix.answered,
          .lasted = history.Lasted(seen.boot_time),
          .ends = felix.ends.Repeated(seen.boot_time),
          .doubts = std::move(doubts)};
}

void FollowBirdStarts(PerFamily<std::optional<absl::Time>>& started, const PerFamily<BirdView>& birds) {
  for (const BirdView& seen : birds)
    if (seen.status != nullptr && seen.status->uptime)
      started[seen.family] = SameMomentOr(started[seen.family], seen.wall - *seen.status->uptime, absl::Seconds(1));
}

void FollowRouteChanges(RunState& run, const Shown& shown) {
  ++run.counts.polls;
  if (shown.before == nullptr || HaveSameRoutes(*shown.before, *shown.now)) return;
  const auto tunl0_of = [](const Table<Link>& links) { return links.ok() ? IndexOfTunl0(*links) : 0; };
  const int before = tunl0_of(shown.before->links), now = tunl0_of(shown.now->links);
  const auto follow_tunnel = [&](RouteChange change, const Route& route) {
    const int tunl0 = change == RouteChange::kRemoved ? before : now;
    run.tunnel_exits.Take(change, route, tunl0 != 0 && route.link == tunl0, shown.now->boot_time);
  };
  CountRouteChanges(shown.before->routes, shown.now->routes, run.counts.route_changes, follow_tunnel);
}

void FollowAnnouncements(RunState& run, const Snapshot& seen, const PerFamily<BirdView>& birds,
                         const RouteTally& tally) {
  for (const BirdView& bird : birds) {
    const Table<BirdRoute>& answer = seen.birds[bird.family].routes;
    run.attribution[bird.family].Follow(bird, tally, answer);
    run.block_claims[bird.family].Follow(bird, answer);
  }
}

// What the kernel announced between two polls.
void FollowEvents(RunState& run, BootTime now, const absl::StatusOr<LinkIndex>& links, const Journal& journal) {
  run.route_churn.Follow(journal, now, run.counts.route_events);
  const LinkIndex none({});
  run.neighbor_churn.Follow(journal, now, links.ok() ? *links : none, run.counts.neighbor_events);
}

Recollection Recollect(const Sources& sources, const PerFamily<BirdView>& birds, const Convergence& convergence,
                       const BirdTables& tables, RunState& run, HeardSockets heard,
                       OwnerHistory::Former former_owners) {
  Recollection before{.birds = {},
                      .half_open_but_heard = std::move(heard),
                      .former_owners = std::move(former_owners),
                      .newcomers = run.owners.newcomers(),
                      .traffic = run.traffic.now(),
                      .recurring_routes = run.route_churn.Recurring(),
                      .left_tunnel = run.tunnel_exits.bare()};
  for (const BirdView& seen : birds) {
    const Family family = seen.family;
    BirdRecollection& bird = before.birds[family];
    bird.expected = sources.bird_expected[family];
    bird.table = tables[family];
    bird.silent_peers = convergence.silent_peers[family];
    bird.flapping_peers = run.peers.Flapping(family, seen.now);
    if (seen.status != nullptr) bird.last_source = run.peers.SourceAddresses(family, *seen.status, seen.now);
    bird.shared_blocks = run.block_claims[family].shared();
    bird.config = run.bird_configs[family].Signs();
    if (bird.expected) bird.answered = run.bird_tables[family].answered();
    TakeBirdTable(seen, convergence.missing_routes[family], run.unprogrammed[family], bird);
  }
  return before;
}

std::optional<BirdProtocol> KernelProtocolOf(const Bird& bird) {
  if (bird.protocols.ok())
    for (const BirdProtocol& protocol : *bird.protocols)
      if (protocol.type == "Kernel") return protocol;
  return std::nullopt;
}

std::optional<SourceStatus> ReadingOf(const Sources& sources, absl::string_view source) {
  const SourceStatus* reading = FindSource(sources.readings, source);
  return reading != nullptr ? std::optional(*reading) : std::nullopt;
}

BirdReport ReportBird(Family family, const Snapshot& shown, const Sources& sources, const State& state,
                      const Convergence& convergence) {
  const Bird& bird = shown.birds[family];
  return {.expected = sources.bird_expected[family],
          .reading = ReadingOf(sources, BirdSource(family)),
          .status = bird.status,
          .knows_peers = bird.peers.ok(),
          .kernel_protocol = KernelProtocolOf(bird),
          .started = state.run.bird_started[family],
          .local_address = state.run.peers.LocalAddress(family),
          .counts = state.kept.bird_counts[family],
          .convergence = convergence.reports[family]};
}

// What a BIRD said of its sessions before it fell silent is shown with the time of that, among the peers; what other
// nodes lack has no such mark.
void ForgetOldSessions(absl::StatusOr<RemoteNodes>& nodes, const PerFamily<BirdReport>& birds) {
  if (!nodes.ok()) return;
  for (RemoteNode& node : nodes->rows)
    if (!birds[node.family].is_current())
      node.lacks.erase(std::remove(node.lacks.begin(), node.lacks.end(), NodeLack::kSession), node.lacks.end());
}

Report Compose(const Shown& shown, const SnapshotPtr& seen, Derived derived, const State& state, Sources sources,
               const Convergence& convergence, std::vector<Verdict> verdicts, absl::Time felix_since) {
  if (shown.now != seen) derived = Derive(*shown.now);
  Report report;
  report.taken_at = seen->taken_at;
  report.node_name = shown.now->node_name;
  report.verdicts = std::move(verdicts);
  report.peers = ReportPeers(*std::get<absl::StatusOr<Sessions>>(derived), shown.now->routes, TallyIn(derived),
                             state.run.attribution, state.run.peers, state.kept.flaps);
  report.remote_nodes = std::move(std::get<absl::StatusOr<RemoteNodes>>(derived));
  for (const Family family : kFamilies)
    report.birds[family] = ReportBird(family, *shown.now, sources, state, convergence);
  ForgetOldSessions(report.remote_nodes, report.birds);
  report.felix = {.expected = sources.felix_expected,
                  .reading = ReadingOf(sources, kFelixSource),
                  .health = shown.now->felix,
                  .since = felix_since};
  report.sources = std::move(sources.readings);
  report.cni_kubeconfig = shown.now->cni_kubeconfig;
  report.this_node =
      LookAtThisNode(*shown.now, derived,
                     {{state.run.peers.LocalAddress(Family::kIpv4), state.run.peers.LocalAddress(Family::kIpv6)}});
  report.kernel = ReportKernel(*shown.now, std::move(derived));
  report.traffic = state.run.traffic.now();
  report.recurring_routes = state.run.route_churn.Recurring();
  report.restless_neighbors = state.run.neighbor_churn.Restless();
  report.route_changes = state.run.counts.route_changes;
  report.route_events = state.run.counts.route_events;
  report.neighbor_events = state.run.counts.neighbor_events;
  report.past_findings = state.run.findings.past();
  report.polls = state.run.counts.polls;
  return report;
}

}  // namespace

Step Observe(State& state, const SnapshotPtr& seen, const Journal& journal, const Limits& limits) {
  auto& [kept, run] = state;
  Sources sources = FollowSources(run.sources, *seen);
  kept.bird_expected = sources.bird_expected;
  const Shown shown = ChooseShown(run.shown, seen, sources, limits.keep_last_good);
  const PerFamily<BirdView> birds = ViewBirds(*seen);
  Derived derived = Derive(*seen, run.derived);

  const PerFamily<uint64_t> restarts_before = RestartsOf(kept.convergence);
  const Convergence convergence =
      FollowConvergence(kept.convergence, sources.bird_expected, birds, journal, limits.convergence);
  FollowBirdRestarts(kept, restarts_before, seen->boot_time);
  const BirdTables tables =
      FollowBirdTables(run.bird_tables, *seen, birds, TallyIn(derived), sources, convergence, limits.polls_to_doubt);
  CountReconfigurations(run.bird_counters, kept.bird_counts, sources, birds, journal);
  for (const BirdView& bird : birds) run.bird_configs[bird.family].Follow(bird, journal.birds[bird.family]);
  FollowBirdStarts(run.bird_started, birds);
  FollowPeers(state, birds, journal);
  HeardSockets heard = run.sockets.Follow(seen->bgp_sockets);
  run.session_ports.Follow(*seen);
  FollowAnnouncements(run, *seen, birds, TallyIn(derived));
  FollowEvents(run, seen->boot_time, std::get<absl::StatusOr<LinkIndex>>(derived), journal);
  run.traffic.Follow(*seen, seen->boot_time);
  OwnerHistory::Former former = run.owners.Follow(seen->endpoints, seen->links, seen->boot_time);
  kept.former_owners = run.owners.standing();

  const absl::Time felix_since = run.felix.Follow(seen->felix, sources.felix_expected, MomentOf(*seen));
  EndpointFileHistory::Doubts doubts =
      run.endpoint_files.Follow(std::get<absl::StatusOr<EndpointFiles>>(derived), seen->boot_time);
  kept.felix = run.felix.remembered();
  kept.file_doubts = run.endpoint_files.since();

  FollowRouteChanges(run, shown);
  Recollection before = Recollect(sources, birds, convergence, tables, run, std::move(heard), std::move(former));
  for (const Family family : kFamilies)
    before.birds[family].restarts = kept.bird_restarts[family].Repeated(seen->boot_time);
  if (seen->cni_kubeconfig.ok())
    before.cni_file_age = run.cni_file.Follow(seen->cni_kubeconfig->written, MomentOf(*seen));
  before.unreached = FollowReach(state, journal.probes, seen->boot_time);
  before.felix = RecollectFelix(run.felix, *seen, sources.felix_expected, std::move(doubts));
  std::vector<Verdict> verdicts =
      run.findings.JudgeAll(AllChecks(), {*seen, birds, derived, before}, limits.polls_to_hold);
  kept.findings = run.findings.Open();

  Step step{Compose(shown, seen, std::move(derived), state, std::move(sources), convergence, std::move(verdicts),
                    felix_since),
            {}};
  step.report.watched_routes =
      run.watched_routes.Follow(limits.watched_routes, *shown.now, seen->boot_time, seen->taken_at);
  if (step.report.watched_routes.ok()) NameAnnouncers(run.attribution, step.report.peers, *step.report.watched_routes);
  if (journal.probes) step.report.reach = ReportReach(run.reach, *shown.now, step.report);
  for (const Family family : kFamilies)
    step.ask_bird_routes[family] = run.bird_tables[family].ask_bird_routes() ||
                                   run.attribution[family].ask_bird_routes() ||
                                   run.block_claims[family].ask_bird_routes();
  return step;
}

Report Observer::Observe(const SnapshotPtr& seen, const Journal& journal) {
  Step step = caliwatch::Observe(state_, seen, journal, limits_);
  ask_bird_routes_ = step.ask_bird_routes;
  return std::move(step.report);
}

}  // namespace caliwatch
