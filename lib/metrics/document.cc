// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/document.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/metrics/metric.h"

namespace caliwatch {
namespace {

absl::string_view ToString(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return "counter";
    case MetricType::kHistogram:
      return "histogram";
    case MetricType::kGauge:
      break;
  }
  return "gauge";
}

}  // namespace

std::string DocumentMetrics() {
  std::string page =
      "# Metrics\n\n"
      "Made by `make docs` from the entries in `lib/metrics/catalog/`. Every name here is a contract: it will not "
      "change its meaning.\n\n"
      "| name | type | labels | what it says |\n|---|---|---|---|\n";
  for (const Metric& metric : AllMetrics())
    absl::StrAppend(&page, "| `", metric.name, "` | ", ToString(metric.type), " | ", absl::StrJoin(metric.labels, ", "),
                    " | ", metric.help, " |\n");
  return page;
}

}  // namespace caliwatch
