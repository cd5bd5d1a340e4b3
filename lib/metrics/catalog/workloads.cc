// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/workloads/workloads.h"

#include <algorithm>

#include "lib/analysis/routes/block_routes.h"
#include "lib/metrics/metric.h"

namespace caliwatch {
namespace {

// An address that two workloads claim is one.
size_t CountInside(const Prefix& block, const std::vector<WorkloadAddress>& workloads) {
  size_t count = 0;
  for (size_t i = 0; i < workloads.size(); ++i)
    if (block.Contains(workloads[i].address) && (i == 0 || workloads[i - 1].address != workloads[i].address)) ++count;
  return count;
}

void ReadBlockIps(const Report& report, const ExpositionOptions&, Samples& samples) {
  if (!report.snapshot->routes.ok()) return;
  const absl::StatusOr<std::vector<WorkloadAddress>> workloads = WorkloadAddresses(*report.snapshot);
  if (!workloads.ok()) return;
  for (const Prefix& block : LocalBlocks(*report.snapshot->routes)) {
    if (samples.rows().size() == kListCap) return;
    samples.Add({std::string(ToString(block.address.family)), block.ToString()},
                static_cast<double>(CountInside(block, *workloads)));
  }
}

const RegisterMetrics registered{
    {"caliwatch_block_workload_ips",
     MetricType::kGauge,
     "Addresses of this node's own block that workloads use: as Calico's endpoint-status has them, without it as the "
     "kernel has routes to them; the first 20 blocks only.",
     {"family", "block"},
     ReadBlockIps},
};

}  // namespace
}  // namespace caliwatch
