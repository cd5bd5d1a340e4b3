// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/metric.h"

namespace caliwatch {
namespace {

auto OfEachBlock(double (*value)(const BlockUse&)) {
  return [value](const Exposed& exposed, Samples& samples) {
    const auto& blocks = exposed.report.kernel.block_use;
    if (!blocks.ok()) return;
    for (const BlockUse& use : *blocks) {
      if (samples.rows().size() == kListCap) return;
      samples.Add({std::string(ToString(use.block.address.family)), use.block.ToString()}, value(use));
    }
  };
}

void ReadKubeconfig(const Exposed& exposed, Samples& samples) {
  if (const auto& kubeconfig = exposed.report.cni_kubeconfig; kubeconfig.ok())
    samples.Add({}, absl::ToDoubleSeconds(kubeconfig->written - absl::UnixEpoch()));
}

const RegisterMetrics registered{
    {"caliwatch_cni_kubeconfig_written_timestamp_seconds",
     MetricType::Gauge,
     "When the CNI plugin's kubeconfig was last written: the token in it ends after 24 hours, and pods can neither "
     "start nor stop then. No series where its folder is not to be seen.",
     {},
     ReadKubeconfig},
    {"caliwatch_block_workload_ips",
     MetricType::Gauge,
     "Addresses of this node's own block that workloads use: as Calico's endpoint-status has them, without it as the "
     "kernel has routes to them; the first 20 blocks only.",
     {"family", "block"},
     OfEachBlock([](const BlockUse& use) { return static_cast<double>(use.workload_ips); })},
    {"caliwatch_block_size",
     MetricType::Gauge,
     "Addresses that this node's own block has; of the same blocks as caliwatch_block_workload_ips.",
     {"family", "block"},
     OfEachBlock([](const BlockUse& use) { return use.size; })},
};

}  // namespace
}  // namespace caliwatch
