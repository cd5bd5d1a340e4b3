// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "lib/cluster/judge.h"
#include "lib/metrics/metric.h"

namespace caliwatch {

// What `caliwatch ipam --serve --cluster.nodes` says of the nodes as a whole.
struct ClusterMetric : MetricInfo {
  void (*read)(const ClusterReport&, Samples&) = nullptr;
};

// Ordered by name.
const std::vector<ClusterMetric>& ClusterMetrics();

std::string RenderClusterMetrics(const ClusterReport& report);

}  // namespace caliwatch
