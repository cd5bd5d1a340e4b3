// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/exposition.h"

#include "lib/metrics/metric.h"
#include "lib/metrics/text_format.h"

namespace caliwatch {

std::string RenderMetrics(const Exposed& given) {
  Exposed exposed = given;
  exposed.peers = ChoosePeers(given.report, given.peer_detail);
  std::string text;
  for (const Metric& metric : AllMetrics()) {
    Samples samples;
    metric.read(exposed, samples);
    AppendMetric(metric, samples, text);
  }
  return text;
}

}  // namespace caliwatch
