// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/reach_report.h"

#include "lib/analysis/routes/probe_targets.h"
#include "lib/analysis/routes/route_lookup.h"
#include "lib/model/link_index.h"

namespace caliwatch {

absl::StatusOr<std::vector<UnreachedNode>> FollowReach(State& state, const std::optional<ProbeJournal>& probes,
                                                       BootTime now) {
  if (probes) {
    state.run.reach.Follow(*probes, state.run.traffic.now(), now);
    state.kept.unreached = state.run.reach.unreached();
    if (state.run.reach.has_asked()) return state.kept.unreached;
    return absl::NotFoundError("no other node has been asked yet");
  }
  // Who asks nobody has what the agent left: what it found counts, its silence does not.
  std::vector<UnreachedNode> left;
  for (const UnreachedNode& node : state.kept.unreached)
    if (now - node.judged <= ReachHistory::kForgotten) left.push_back(node);
  if (left.empty()) return absl::NotFoundError("other nodes are asked by an agent with --probe.nodes alone");
  return left;
}

ReachReport ReportReach(ReachHistory& reach, const Snapshot& shown, const Report& report) {
  const absl::StatusOr<RouteLookup> lookup = RouteLookupOf(shown.routes, shown.rules);
  if (!report.remote_nodes.ok() || !lookup.ok() || !shown.links.ok()) return reach.Finish(std::nullopt);
  return reach.Finish(ProbeTargetsOf(*report.remote_nodes, report.this_node.addresses, reach.Claims(), *lookup,
                                     LinkIndex(*shown.links)));
}

}  // namespace caliwatch
