// SPDX-License-Identifier: Apache-2.0
#include "lib/view/cluster_words.h"

#include <vector>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

namespace caliwatch {
namespace {

std::string Count(size_t count, absl::string_view one, absl::string_view several) {
  return absl::StrCat(count, " ", count == 1 ? one : several);
}

}  // namespace

std::string ClusterHeadline(const ClusterReport& report) {
  size_t problems = 0, unsure = 0, with_findings = 0, silent = 0;
  for (const OpenClusterFinding& open : report.findings) {
    if (open.caused || open.check->severity == Severity::kInfo) continue;
    ++(open.sure ? problems : unsure);
  }
  for (const NodeRow& row : report.nodes) {
    with_findings += row.critical + row.warnings != 0 ? 1 : 0;
    silent += row.answered.ok() ? 0 : 1;
  }
  std::vector<std::string> parts;
  if (problems != 0) parts.push_back(Count(problems, "problem of the cluster", "problems of the cluster"));
  if (unsure != 0) parts.push_back(absl::StrCat(unsure, " more if the next look sees it, too"));
  if (with_findings != 0)
    parts.push_back(absl::StrCat(with_findings, " of ", Count(report.nodes.size(), "node has", "nodes have"),
                                 " findings of their own"));
  if (silent != 0) parts.push_back(Count(silent, "agent does not answer", "agents do not answer"));
  if (report.nodes.empty()) return "no agent was asked";
  if (parts.empty())
    return report.outcome() == ClusterOutcome::kClean
               ? absl::StrCat("nothing wrong found on ", Count(report.nodes.size(), "node", "nodes"))
               : absl::StrCat("nothing wrong found, but not all of ", Count(report.nodes.size(), "node", "nodes"),
                              " can be judged");
  return absl::StrJoin(parts, "; ");
}

std::string ExplainsText(const OpenClusterFinding& open) {
  if (open.effects == 0) return "";
  return absl::StrCat("explains ", Count(open.effects, "finding", "findings"), " on ",
                      Count(open.effect_nodes, "node", "nodes"));
}

std::string NodeStateText(const NodeRow& row) {
  if (absl::IsFailedPrecondition(row.answered)) return "OLD";
  if (!row.answered.ok()) return "NO ANSWER";
  if (row.critical != 0) return "CRITICAL";
  if (row.warnings != 0) return "WARNING";
  if (row.outcome == "starting") return "STARTING";
  return row.outcome == "clean" ? "OK" : "UNKNOWN";
}

std::string NodeWhatText(const NodeRow& row) {
  if (!row.answered.ok()) return std::string(row.answered.message());
  const size_t more = row.critical + row.warnings + row.notes - (row.worst.empty() ? 0 : 1);
  return more == 0 ? row.worst : absl::StrCat(row.worst, ", and ", more, " more");
}

}  // namespace caliwatch
