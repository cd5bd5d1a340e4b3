// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/observe.h"

#include "lib/analysis/evidence/evidence.h"
#include "lib/analysis/evidence/shown.h"

namespace caliwatch {
namespace {

using BirdTables = PerFamily<const Table<BirdRoute>*>;  // none is null

BirdTables FollowBirdTables(PerFamily<BirdTableQuery>& queries, const Snapshot& seen, const PerFamily<BirdView>& birds,
                            const Sources& sources, const Convergence& convergence, int polls_to_doubt) {
  BirdTables tables;
  for (const Family family : kFamilies) {
    const Table<BirdRoute>& answer = seen.birds[family].routes;
    tables[family] = sources.bird_expected[family]
                         ? &queries[family].Follow(birds[family], answer, convergence.asks_bird[family], polls_to_doubt)
                         : &answer;
  }
  return tables;
}

void CountReconfigurations(PerFamily<BirdCounter>& counters, PerFamily<BirdCounts>& counts, const Sources& sources,
                           const PerFamily<BirdView>& birds, const Journal& journal) {
  for (const Family family : kFamilies)
    if (sources.bird_expected[family]) counters[family].Follow(birds[family], journal.birds[family], counts[family]);
}

void FollowBirdStarts(PerFamily<std::optional<absl::Time>>& started, const PerFamily<BirdView>& birds) {
  for (const BirdView& seen : birds)
    if (seen.status != nullptr && seen.status->uptime)
      started[seen.family] = SameMomentOr(started[seen.family], seen.wall - *seen.status->uptime, absl::Seconds(1));
}

const Counts& Count(Counts& counts, const Shown& shown) {
  ++counts.polls;
  if (shown.before != nullptr) CountRouteChanges(shown.before->routes, shown.now->routes, counts.route_changes);
  return counts;
}

Recollection Recollect(const Sources& sources, const PerFamily<BirdView>& birds, const Convergence& convergence,
                       const BirdTables& tables, const PeerHistory& peers, HeardSockets heard) {
  Recollection before{{}, std::move(heard)};
  for (const BirdView& seen : birds) {
    const Family family = seen.family;
    BirdRecollection& bird = before.birds[family];
    bird.expected = sources.bird_expected[family];
    bird.table = tables[family];
    bird.silent_peers = convergence.silent_peers[family];
    bird.flapping_peers = peers.Flapping(family, seen.now);
    if (seen.status != nullptr) bird.last_source = peers.SourceAddresses(family, *seen.status, seen.now);
    // Where BIRD's whole table is known, it says more; while BIRD recovers, that is what to report.
    const bool better_known = bird.table->ok() || (seen.status != nullptr && seen.status->recovery);
    if (!better_known) bird.missing_routes = convergence.missing_routes[family];
  }
  return before;
}

BirdReport ReportBird(Family family, const Snapshot& shown, const Sources& sources, const State& state,
                      const Convergence& convergence) {
  const Bird& bird = shown.birds[family];
  return {.expected = sources.bird_expected[family],
          .status = bird.status,
          .knows_peers = bird.peers.ok(),
          .started = state.run.bird_started[family],
          .local_address = state.run.peers.LocalAddress(family),
          .counts = state.kept.bird_counts[family],
          .convergence = convergence.reports[family]};
}

Report Compose(const Shown& shown, const SnapshotPtr& seen, Derived derived, const State& state, Sources sources,
               const Convergence& convergence, std::vector<Verdict> verdicts, const Counts& counts) {
  if (shown.now != seen) derived = Derive(*shown.now);
  Report report;
  report.taken_at = seen->taken_at;
  report.node_name = shown.now->node_name;
  report.verdicts = std::move(verdicts);
  report.peers =
      ReportPeers(*std::get<absl::StatusOr<Sessions>>(derived), shown.now->routes, state.run.peers, state.kept.flaps);
  for (const Family family : kFamilies)
    report.birds[family] = ReportBird(family, *shown.now, sources, state, convergence);
  report.sources = std::move(sources.readings);
  report.kernel = ReportKernel(*shown.now, std::move(derived));
  report.route_changes = counts.route_changes;
  report.past_findings = state.run.findings.past();
  report.polls = counts.polls;
  return report;
}

}  // namespace

Step Observe(State& state, const SnapshotPtr& seen, const Journal& journal, const Limits& limits) {
  auto& [kept, run] = state;
  Sources sources = FollowSources(run.sources, *seen);
  kept.bird_expected = sources.bird_expected;
  const Shown shown = ChooseShown(run.shown, seen, sources, limits.keep_last_good);
  const PerFamily<BirdView> birds = ViewBirds(*seen);
  Derived derived = Derive(*seen);

  const Convergence convergence =
      FollowConvergence(kept.convergence, sources.bird_expected, birds, journal, limits.convergence);
  const BirdTables tables =
      FollowBirdTables(run.bird_tables, *seen, birds, sources, convergence, limits.polls_to_doubt);
  CountReconfigurations(run.bird_counters, kept.bird_counts, sources, birds, journal);
  FollowBirdStarts(run.bird_started, birds);
  run.peers.Follow(birds, journal, kept.flaps);
  kept.peers = run.peers.Remembered();
  HeardSockets heard = run.sockets.Follow(seen->bgp_sockets);

  const Recollection before = Recollect(sources, birds, convergence, tables, run.peers, std::move(heard));
  std::vector<Verdict> verdicts =
      run.findings.JudgeAll(AllChecks(), {*seen, birds, derived, before}, limits.polls_to_hold);
  kept.findings = run.findings.Open();

  const Counts& counts = Count(run.counts, shown);
  Step step{
      Compose(shown, seen, std::move(derived), state, std::move(sources), convergence, std::move(verdicts), counts),
      {}};
  for (const Family family : kFamilies) step.ask_bird_routes[family] = run.bird_tables[family].ask_bird_routes();
  return step;
}

Report Observer::Observe(const SnapshotPtr& seen, const Journal& journal) {
  Step step = caliwatch::Observe(state_, seen, journal, limits_);
  ask_bird_routes_ = step.ask_bird_routes;
  return std::move(step.report);
}

}  // namespace caliwatch
