// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "lib/metrics/metric.h"

namespace caliwatch {

struct MetricWithSamples {
  const MetricInfo* metric = nullptr;
  Samples samples = {};
};

// Prometheus' text format 0.0.4 of those that have samples, in this order: always valid UTF-8 with unique series,
// whatever bytes labels have.
std::string MetricsText(const std::vector<MetricWithSamples>& metrics);

}  // namespace caliwatch
