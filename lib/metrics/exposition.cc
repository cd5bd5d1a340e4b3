// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/exposition.h"

#include "lib/metrics/metric.h"
#include "lib/metrics/text_format.h"

namespace caliwatch {

std::string RenderMetrics(const Exposed& given) {
  Exposed exposed = given;
  exposed.peers = ChoosePeers(given.report, given.peer_detail);
  std::vector<MetricWithSamples> metrics;
  for (const Metric& metric : AllMetrics()) {
    metrics.push_back({&metric});
    metric.read(exposed, metrics.back().samples);
  }
  return MetricsText(metrics);
}

}  // namespace caliwatch
