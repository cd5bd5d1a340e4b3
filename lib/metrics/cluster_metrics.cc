// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/cluster_metrics.h"

#include <map>

#include "lib/cluster/check.h"
#include "lib/metrics/text_format.h"

namespace caliwatch {
namespace {

void ReadAgents(const ClusterReport& report, Samples& samples) {
  samples.Add({"answered"}, static_cast<double>(report.answered));
  samples.Add({"silent"}, static_cast<double>(report.nodes.size() - report.answered));
}

bool IsCounted(const OpenClusterFinding& open) { return open.sure && !open.caused; }

// Nobody was asked, or not whether its tunnels end where the others send.
bool IsJudged(absl::string_view check, const ClusterReport& report) {
  return report.answered != 0 && (check != "cluster_tunnel_end_wrong" || report.tunnels_compared);
}

void ReadFindings(const ClusterReport& report, Samples& samples) {
  std::map<absl::string_view, size_t> counts;
  for (const OpenClusterFinding& open : report.findings) counts[open.check->name] += IsCounted(open) ? 1 : 0;
  for (const ClusterCheck& check : AllClusterChecks()) {
    const size_t count = counts[check.info.name];
    if (count != 0 || IsJudged(check.info.name, report))
      samples.Add({std::string(check.info.name)}, static_cast<double>(count));
  }
}

void ReadFirstFindings(const ClusterReport& report, Samples& samples) {
  std::map<absl::string_view, size_t> listed;
  for (const OpenClusterFinding& open : report.findings)
    if (IsCounted(open) && ++listed[open.check->name] <= kListCap)
      samples.Add({std::string(open.check->name), open.finding.subject}, 1);
}

void ReadExplained(const ClusterReport& report, Samples& samples) {
  std::map<absl::string_view, size_t> counts;
  for (const OpenClusterFinding& open : report.findings)
    if (IsCounted(open)) counts[open.check->name] += open.effects;
  for (const auto& [check, count] : counts) samples.Add({std::string(check)}, static_cast<double>(count));
}

void ReadLastLook(const ClusterReport& report, Samples& samples) {
  samples.Add({}, absl::ToDoubleSeconds(report.at - absl::UnixEpoch()));
}

}  // namespace

const std::vector<ClusterMetric>& ClusterMetrics() {
  static const std::vector<ClusterMetric> metrics = {
      {"caliwatch_cluster_agents",
       MetricType::Gauge,
       "Agents that were asked at the last look, by state: answered, or silent (no answer, or none of the last "
       "minute). Both are 0 where nobody is known to ask.",
       {"state"},
       ReadAgents},
      {"caliwatch_cluster_explained_findings",
       MetricType::Gauge,
       "Findings of nodes' own checks that follow from those of a check, only where there are some of it.",
       {"check"},
       ReadExplained},
      {"caliwatch_cluster_finding",
       MetricType::Gauge,
       "1 for each finding of caliwatch_cluster_findings; of each check 20 at most.",
       {"check", "subject"},
       ReadFirstFindings},
      {"caliwatch_cluster_findings",
       MetricType::Gauge,
       "What a check finds that holds the nodes against each other, and two looks have seen; without what follows from "
       "another finding. No series while no agent answers, nor of tunnels' ends where they are not compared.",
       {"check"},
       ReadFindings},
      {"caliwatch_cluster_last_look_timestamp_seconds",
       MetricType::Gauge,
       "When the agents had been asked for the last look, of which these figures are.",
       {},
       ReadLastLook},
  };
  return metrics;
}

std::string RenderClusterMetrics(const ClusterReport& report) {
  std::string text;
  for (const ClusterMetric& metric : ClusterMetrics()) {
    Samples samples;
    metric.read(report, samples);
    AppendMetric(metric, samples, text);
  }
  return text;
}

}  // namespace caliwatch
