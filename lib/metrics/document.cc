// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/document.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/metrics/cluster_metrics.h"
#include "lib/metrics/ipam_metrics.h"
#include "lib/metrics/metric.h"

namespace caliwatch {
namespace {

std::string Row(const MetricInfo& metric) {
  return absl::StrCat("| `", metric.name, "` | ", ToString(metric.type), " | ", absl::StrJoin(metric.labels, ", "),
                      " | ", metric.help, " |\n");
}

constexpr absl::string_view kHeads = "| name | type | labels | what it says |\n|---|---|---|---|\n";

}  // namespace

std::string DocumentMetrics() {
  std::string page = absl::StrCat(
      "# Metrics\n\n"
      "Made by `make docs` from the entries in `lib/metrics/catalog/`. Every name here is a contract: it will not "
      "change its meaning.\n\n",
      kHeads);
  for (const Metric& metric : AllMetrics()) absl::StrAppend(&page, Row(metric));
  absl::StrAppend(&page,
                  "\n## Of the whole cluster's IPAM\n\n"
                  "Served by `caliwatch ipam --serve`, which [ipam.md](ipam.md#serving) describes, beside "
                  "`caliwatch_build_info` and `process_…` as above. Made from `lib/metrics/ipam_metrics.cc` and "
                  "`lib/metrics/ipam_evidence_metrics.cc`. There is no "
                  "series per address.\n\n",
                  kHeads);
  for (const IpamMetric& metric : IpamMetrics()) absl::StrAppend(&page, Row(metric));
  absl::StrAppend(&page,
                  "\n## Of all nodes together\n\n"
                  "Served by `caliwatch ipam --serve` with `--cluster.nodes`, which "
                  "[cluster.md](cluster.md#all-the-time-and-alerts) describes. Made from "
                  "`lib/metrics/cluster_metrics.cc`.\n\n",
                  kHeads);
  for (const ClusterMetric& metric : ClusterMetrics()) absl::StrAppend(&page, Row(metric));
  return page;
}

}  // namespace caliwatch
