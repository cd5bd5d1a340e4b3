// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/metric.h"
#include "lib/metrics/process_metrics.h"

namespace caliwatch {
namespace {

const bool registered = [] {
  for (const ProcessMetric& metric : ProcessMetrics())
    RegisterMetrics(
        {{metric, [read = metric.read](const Exposed& exposed, Samples& samples) { read(exposed.process, samples); }}});
  return true;
}();

}  // namespace
}  // namespace caliwatch
