// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "lib/metrics/exposition.h"
#include "lib/metrics/metric.h"

namespace caliwatch {

// What is told of any process of ours that serves metrics: which it is, and what it takes.
struct ProcessMetric : MetricInfo {
  void (*read)(const ProcessStats&, Samples&) = nullptr;
};

const std::vector<ProcessMetric>& ProcessMetrics();

}  // namespace caliwatch
