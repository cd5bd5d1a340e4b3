// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/metric.h"

#include <algorithm>

namespace caliwatch {
namespace {

std::vector<Metric>& Catalog() {
  static std::vector<Metric> metrics;
  return metrics;
}

}  // namespace

absl::string_view ToString(MetricType type) {
  if (type == MetricType::Counter) return "counter";
  return type == MetricType::Histogram ? "histogram" : "gauge";
}

RegisterMetrics::RegisterMetrics(std::initializer_list<Metric> metrics) {
  auto& catalog = Catalog();
  catalog.insert(catalog.end(), metrics.begin(), metrics.end());
  std::sort(catalog.begin(), catalog.end(), [](const Metric& a, const Metric& b) { return a.name < b.name; });
}

const std::vector<Metric>& AllMetrics() { return Catalog(); }

}  // namespace caliwatch
