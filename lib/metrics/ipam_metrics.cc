// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/ipam_metrics.h"

#include <algorithm>
#include <map>

#include "lib/metrics/ipam_evidence_metrics.h"
#include "lib/metrics/process_metrics.h"
#include "lib/metrics/text_format.h"

namespace caliwatch {
namespace {

std::string CheckOf(const IpamVerdict& verdict) { return std::string(verdict.check->name); }

void ReadFindings(const IpamExposed& exposed, Samples& samples) {
  for (const IpamVerdict& verdict : exposed.report.verdicts)
    if (const size_t found = verdict.RootCauses(); verdict.judged.ok() || found != 0)
      samples.Add({CheckOf(verdict)}, static_cast<double>(found));
}

void ReadJudged(const IpamExposed& exposed, Samples& samples) {
  for (const IpamVerdict& verdict : exposed.report.verdicts)
    if (verdict.judged.ok() || verdict.lacks_something()) samples.Add({CheckOf(verdict)}, verdict.judged.ok());
}

void ReadDoubts(const IpamExposed& exposed, Samples& samples) {
  for (const IpamVerdict& verdict : exposed.report.verdicts) {
    size_t doubts = 0;
    for (const IpamDoubt& doubt : verdict.doubts) doubts += doubt.count;
    if (verdict.judged.ok() || doubts != 0) samples.Add({CheckOf(verdict)}, static_cast<double>(doubts));
  }
}

void ReadNodeFindings(const IpamExposed& exposed, Samples& samples) {
  for (const IpamVerdict& verdict : exposed.report.verdicts) {
    std::map<std::string, size_t> counts;
    for (const OpenIpamFinding& open : verdict.findings)
      if (open.sure && !open.cause) ++counts[open.finding.node];
    for (const auto& [node, count] : Largest(counts, kIpamFindingNodes))
      samples.Add({node, CheckOf(verdict)}, static_cast<double>(count));
  }
}

std::vector<IpamMetric> OfFindings() {
  return {
      {"caliwatch_ipam_check_judged",
       MetricType::Gauge,
       "1 for each check that could judge the last look, 0 where something it needs could not be read. No series where "
       "it does not apply, since nobody gives what it needs.",
       {"check"},
       ReadJudged},
      {"caliwatch_ipam_doubts",
       MetricType::Gauge,
       "What may be wrong, by a check, and nobody can say: addresses of a node whose agent does not answer, or what is "
       "so young that it may pass. No series while the check cannot judge and has no doubts.",
       {"check"},
       ReadDoubts},
      {"caliwatch_ipam_findings",
       MetricType::Gauge,
       "What a check finds wrong and two looks have seen; without what follows from another check's finding; at most "
       "10,000. No series while it cannot judge and has found nothing, or does not apply.",
       {"check"},
       ReadFindings},
      {"caliwatch_ipam_node_findings",
       MetricType::Gauge,
       "The same by the node that they concern, only where there are some: of each check the 100 nodes that have the "
       "most. node is empty for all others together, and for what concerns no one node.",
       {"node", "check"},
       ReadNodeFindings},
      {"caliwatch_ipam_releasable_addresses",
       MetricType::Gauge,
       "Leaked addresses that no pod, endpoint, node, tunnel or service has, at two looks: those of the report for "
       "`calicoctl ipam release --from-report`.",
       {},
       [](const IpamExposed& exposed, Samples& samples) {
         samples.Add({}, static_cast<double>(exposed.report.releases.addresses.size()));
       }},
  };
}

std::vector<IpamMetric> OfLooks() {
  return {
      {"caliwatch_ipam_last_look_timestamp_seconds",
       MetricType::Gauge,
       "When all had been asked for the last look, of which these figures are.",
       {},
       [](const IpamExposed& exposed, Samples& samples) {
         samples.Add({}, absl::ToDoubleSeconds(exposed.report.at - absl::UnixEpoch()));
       }},
      {"caliwatch_ipam_look_duration_seconds",
       MetricType::Gauge,
       "How long the last look took: asking what had changed and all agents, and judging.",
       {},
       [](const IpamExposed& exposed, Samples& samples) { samples.Add({}, absl::ToDoubleSeconds(exposed.look_took)); }},
      {"caliwatch_ipam_looks_total",
       MetricType::Counter,
       "Looks at the cluster since this process started.",
       {},
       [](const IpamExposed& exposed, Samples& samples) { samples.Add({}, static_cast<double>(exposed.looks)); }},
  };
}

}  // namespace

const std::vector<IpamMetric>& IpamMetrics() {
  static const std::vector<IpamMetric> metrics = [] {
    std::vector<IpamMetric> all;
    for (const std::vector<IpamMetric>& some : {OfFindings(), OfLooks(), IpamEvidenceMetrics()})
      all.insert(all.end(), some.begin(), some.end());
    std::sort(all.begin(), all.end(), [](const IpamMetric& a, const IpamMetric& b) { return a.name < b.name; });
    return all;
  }();
  return metrics;
}

std::string RenderIpamMetrics(const IpamExposed& exposed) {
  std::string text;
  for (const IpamMetric& metric : IpamMetrics()) {
    Samples samples;
    metric.read(exposed, samples);
    AppendMetric(metric, samples, text);
  }
  for (const ProcessMetric& metric : ProcessMetrics()) {
    Samples samples;
    metric.read(exposed.process, samples);
    AppendMetric(metric, samples, text);
  }
  return text;
}

}  // namespace caliwatch
