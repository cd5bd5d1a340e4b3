// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <absl/time/time.h>

#include "lib/ipam/judge.h"
#include "lib/metrics/exposition.h"
#include "lib/metrics/metric.h"

namespace caliwatch {

// All that the metrics of `caliwatch ipam --serve` are read from.
struct IpamExposed {
  const IpamReport& report;
  const ProcessStats& process;
  uint64_t looks = 0;  // since the process started, this one included
  absl::Duration look_took = {};
};

struct IpamMetric : MetricInfo {
  void (*read)(const IpamExposed&, Samples&) = nullptr;
};

// Ordered by name; without those of the process.
const std::vector<IpamMetric>& IpamMetrics();

// Of no more nodes than these a check's findings are told apart, and of no more what is recorded.
inline constexpr size_t kIpamFindingNodes = 100, kIpamNodes = 5000;

std::string RenderIpamMetrics(const IpamExposed& exposed);

}  // namespace caliwatch
