// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/metric.h"

namespace caliwatch {
namespace {

void ReadResults(const Exposed& exposed, Samples& samples) {
  if (!exposed.report.reach) return;
  for (const ProbePath path : kProbePaths)
    for (const ProbeResult result : kProbeResults)
      samples.Add(
          {std::string(ToString(path)), std::string(ToString(result))},
          static_cast<double>(
              exposed.report.reach->counts.at(static_cast<size_t>(path)).results.at(static_cast<size_t>(result))));
}

void ReadTimes(const Exposed& exposed, Samples& samples) {
  if (!exposed.report.reach) return;
  for (const ProbePath path : kProbePaths) {
    const ProbeCounts& counts = exposed.report.reach->counts.at(static_cast<size_t>(path));
    samples.Add({std::string(ToString(path))}, HistogramValue{{kProbeBounds.begin(), kProbeBounds.end()},
                                                              {counts.times.begin(), counts.times.end()},
                                                              counts.seconds});
  }
}

void ReadProbedNodes(const Exposed& exposed, Samples& samples) {
  if (!exposed.report.reach) return;
  for (const ReachState state : kReachStates)
    samples.Add({std::string(ToString(state))},
                static_cast<double>(exposed.report.reach->nodes.at(static_cast<size_t>(state))));
}

void ReadUnreached(const Exposed& exposed, Samples& samples) {
  if (!exposed.report.reach) return;
  for (const UnreachedNode& node : exposed.report.reach->unreached) {
    if (samples.rows().size() == kListCap) return;
    samples.Add({node.address.ToString(), std::string(ToString(node.path)),
                 node.instead.empty() ? std::string(ToString(node.result)) : "other_node"},
                1);
  }
}

const RegisterMetrics registered{
    {"caliwatch_node_probes_total",
     MetricType::Counter,
     "With --probe.nodes, other nodes that were asked, at their own address (path node) and through the tunnel (path "
     "overlay), by what came of it: answered, small_only (large packets are lost), no_answer, unreachable, refused "
     "(nobody listens), invalid (no agent's answer).",
     {"path", "result"},
     ReadResults},
    {"caliwatch_node_probe_duration_seconds",
     MetricType::Histogram,
     "How long other nodes took to answer, connection and packets that fill the way included.",
     {"path"},
     ReadTimes},
    {"caliwatch_probed_nodes",
     MetricType::Gauge,
     "Other nodes that this one has asked, by how they stand: reached, unreached (their address answers, and the "
     "tunnel "
     "or large packets do not pass), no_answer, no_agent (refused, or no agent's answer); the last two are not judged.",
     {"state"},
     ReadProbedNodes},
    {"caliwatch_unreached_node",
     MetricType::Gauge,
     "1 for each other node whose address answers, while on this path something does not pass; at most 20 of them. "
     "Result: as of caliwatch_node_probes_total, or other_node where another one answers through the tunnel.",
     {"address", "path", "result"},
     ReadUnreached},
};

}  // namespace
}  // namespace caliwatch
