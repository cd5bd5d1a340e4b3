// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "lib/metrics/metric.h"

namespace caliwatch {

// Appends a metric with all its series in Prometheus' text format 0.0.4, or nothing where it has none: valid UTF-8, no
// series twice, whatever bytes the labels have. The same text as prometheus-cpp's serializer makes, without an object
// for each series and a stream: that took a third of a scrape's time.
void AppendMetric(const MetricInfo& metric, const Samples& samples, std::string& text);

}  // namespace caliwatch
