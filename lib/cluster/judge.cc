// SPDX-License-Identifier: Apache-2.0
#include "lib/cluster/judge.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include <absl/container/flat_hash_map.h>
#include <absl/strings/str_cat.h>

#include "lib/cluster/check.h"

namespace caliwatch {
namespace {

// Counted from the worst.
int RankOf(absl::string_view severity) { return severity == "critical" ? 0 : severity == "warning" ? 1 : 2; }

void Judge(const ClusterEvidence& evidence, absl::Time now, ClusterState& state, ClusterReport& report) {
  std::map<FindingId, ClusterState::Seen> seen;
  for (const ClusterCheck& check : AllClusterChecks()) {
    size_t listed = 0;
    for (ClusterFinding& finding : check.run(evidence)) {
      if (++listed > kMostClusterFindings) {
        ++report.unlisted;
        continue;
      }
      const FindingId id{std::string(check.info.name), finding.subject};
      const auto before = state.findings.find(id);
      ClusterState::Seen& known = seen[id];
      known = before == state.findings.end() ? ClusterState::Seen{now, 0} : before->second;
      ++known.looks;
      report.findings.push_back({.check = &check.info,
                                 .finding = std::move(finding),
                                 .since = known.since,
                                 .sure = known.looks >= check.info.polls_to_hold});
    }
  }
  state.findings = std::move(seen);
  std::stable_sort(report.findings.begin(), report.findings.end(),
                   [](const auto& a, const auto& b) { return a.check->severity < b.check->severity; });
}

// Which finding explains what is said of a subject.
using Explanations = absl::flat_hash_map<std::string, OpenClusterFinding*>;

Explanations ExplanationsOf(ClusterReport& report) {
  Explanations explanations;
  for (OpenClusterFinding& open : report.findings) {
    if (!open.sure) continue;
    for (const std::string& subject : open.finding.explains) {
      const auto [row, is_new] = explanations.try_emplace(subject, &open);
      // One that is about the subject itself is the effect of one that says why.
      if (!is_new && row->second->finding.subject == subject) row->second = &open;
    }
  }
  for (OpenClusterFinding& open : report.findings) {
    const auto row = explanations.find(open.finding.subject);
    open.caused = row != explanations.end() && row->second != &open;
  }
  return explanations;
}

bool IsOf(const Member& member, const OpenClusterFinding& open) {
  return std::find(open.finding.nodes.begin(), open.finding.nodes.end(), member.name) != open.finding.nodes.end() &&
         open.check->name == "cluster_node_called_dead";
}

void CountNodesFindings(const ClusterEvidence& evidence, ClusterReport& report) {
  const Explanations explanations = ExplanationsOf(report);
  std::map<std::pair<int, std::string>, NodesFinding> by_check;
  for (const Member& member : evidence.members()) {
    std::set<OpenClusterFinding*> causes;
    for (const ToldFinding& told : member.told->findings) {
      const auto row = explanations.find(told.subject);
      // What a node that is called dead says of itself is the cause, and never an effect.
      if (row != explanations.end() && !IsOf(member, *row->second)) {
        row->second->effects += 1 + told.effects;
        row->second->effect_nodes += causes.insert(row->second).second ? 1 : 0;
        continue;
      }
      NodesFinding& found = by_check[{RankOf(told.severity), told.check}];
      found.severity = told.severity;
      found.check = told.check;
      ++found.findings;
      if (found.nodes.empty() || found.nodes.back() != member.name) found.nodes.push_back(member.name);
    }
  }
  for (auto& [key, found] : by_check) report.nodes_findings.push_back(std::move(found));
  std::stable_sort(report.nodes_findings.begin(), report.nodes_findings.end(), [](const auto& a, const auto& b) {
    return std::pair(RankOf(a.severity), b.nodes.size()) < std::pair(RankOf(b.severity), a.nodes.size());
  });
}

void Describe(const NodeDocument& node, NodeRow& row) {
  row.outcome = node.outcome;
  for (const ToldFinding& found : node.findings) {
    ++(found.severity == "critical" ? row.critical : found.severity == "warning" ? row.warnings : row.notes);
    if (row.worst.empty()) row.worst = absl::StrCat(found.check, ": ", found.subject);
  }
  row.sessions = node.sessions.size() + node.more_sessions;
  for (const ToldSession& session : node.sessions) row.sessions_up += session.up ? 1 : 0;
  if (node.workloads) row.workloads = node.workloads->addresses;
  if (node.blocks) row.blocks = node.blocks->size();
  row.version = node.version;
}

NodeRow RowOf(const AskedAgent& agent) {
  NodeRow row{.name = agent.address, .agent = agent.address, .answered = agent.node.status()};
  if (!agent.node.ok()) return row;
  if (!agent.node->node.empty()) row.name = agent.node->node;
  if (agent.age > kOldestPoll)
    row.answered = absl::FailedPreconditionError(
        absl::StrCat("it looked at its node last ", absl::ToInt64Seconds(agent.age), " seconds ago"));
  else
    Describe(*agent.node, row);
  return row;
}

// Critical findings, an agent that does not answer, warnings, what cannot be judged, the rest.
int BadnessOf(const NodeRow& row) {
  if (row.critical != 0) return 0;
  if (!row.answered.ok()) return 1;
  if (row.warnings != 0) return 2;
  if (row.outcome != "clean") return 3;
  return row.notes != 0 ? 4 : 5;
}

// A node that was asked by two of its addresses has one row: that which answered.
void AddRows(const ClusterEvidence& evidence, ClusterReport& report) {
  std::set<const AskedAgent*> members;
  for (const Member& member : evidence.members()) members.insert(member.agent);
  for (const AskedAgent& agent : evidence.asked()) {
    const bool twice = agent.node.ok() && agent.age <= kOldestPoll && members.count(&agent) == 0;
    if (!twice) report.nodes.push_back(RowOf(agent));
  }
  std::stable_sort(report.nodes.begin(), report.nodes.end(), [](const NodeRow& a, const NodeRow& b) {
    return std::tuple(BadnessOf(a), b.critical, b.warnings, a.name) <
           std::tuple(BadnessOf(b), a.critical, a.warnings, b.name);
  });
}

}  // namespace

absl::string_view ToString(ClusterOutcome outcome) {
  switch (outcome) {
    case ClusterOutcome::kClean:
      return "clean";
    case ClusterOutcome::kFindings:
      return "findings";
    case ClusterOutcome::kUnsure:
      return "unsure";
    case ClusterOutcome::kCannotJudge:
      break;
  }
  return "cannot_judge";
}

ClusterOutcome ClusterReport::outcome() const {
  bool unsure = false, unknown = nodes.empty() || !problems.empty();
  for (const OpenClusterFinding& open : findings) {
    if (open.check->severity == Severity::kInfo) continue;
    if (open.sure) return ClusterOutcome::kFindings;
    unsure = true;
  }
  for (const NodesFinding& found : nodes_findings)
    if (found.severity != "info") return ClusterOutcome::kFindings;
  for (const NodeRow& row : nodes)
    unknown |= !row.answered.ok() || row.outcome == "cannot_judge" || row.outcome == "starting";
  if (unsure) return ClusterOutcome::kUnsure;
  return unknown ? ClusterOutcome::kCannotJudge : ClusterOutcome::kClean;
}

ClusterReport JudgeCluster(const std::vector<AskedAgent>& asked, absl::Time now, ClusterState& state) {
  const ClusterEvidence evidence(asked);
  ClusterReport report{.at = now, .findings = {}, .nodes_findings = {}, .nodes = {}, .differences = {}};
  Judge(evidence, now, state, report);
  CountNodesFindings(evidence, report);
  AddRows(evidence, report);
  report.differences = DifferencesOf(evidence);
  for (const NodeRow& row : report.nodes) report.answered += row.answered.ok() ? 1 : 0;
  return report;
}

}  // namespace caliwatch
