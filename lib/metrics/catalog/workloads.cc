// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/metric.h"

namespace caliwatch {
namespace {

void ReadBlockIps(const Exposed& exposed, Samples& samples) {
  const auto& blocks = exposed.report.kernel.block_use;
  if (!blocks.ok()) return;
  for (const BlockUse& use : *blocks) {
    if (samples.rows().size() == kListCap) return;
    samples.Add({std::string(ToString(use.block.address.family)), use.block.ToString()},
                static_cast<double>(use.workload_ips));
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
