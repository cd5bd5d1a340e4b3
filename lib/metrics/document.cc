// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/metrics/exposition.h"
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
      "change its "
      "meaning.\n\n"
      "| name | type | labels | what it says |\n|---|---|---|---|\n";
  for (const Metric& metric : AllMetrics())
    absl::StrAppend(&page, "| `", metric.name, "` | ", ToString(metric.type), " | ", absl::StrJoin(metric.labels, ", "),
                    " | ", metric.help, " |\n");
  return page;
}

std::string HoldingOf(const CheckInfo& check) {
  if (check.polls_to_hold == 1) return "A finding counts with the first poll that sees it.";
  const std::string polls = absl::StrCat("A finding counts once ", check.polls_to_hold, " polls in a row have seen it");
  if (check.time_to_hold == absl::ZeroDuration()) return absl::StrCat(polls, ".");
  return absl::StrCat(polls, ", over ", absl::FormatDuration(check.time_to_hold), " or more.");
}

std::string DocumentChecks() {
  std::string page =
      "# Checks\n\n"
      "Made by `make docs` from the checks in `lib/analysis/checks/`. `caliwatch_check_findings{check=\"NAME\"}` "
      "counts what a "
      "check finds; `caliwatch check` prints it with what to do.\n";
  for (const CheckInfo* check : AllCheckInfos())
    absl::StrAppend(&page, "\n## ", check->name, "\n\n**", ToString(check->severity), "**: ", check->summary,
                    "\n\n*What it breaks.* ", check->impact, "\n\n*What it means.* ", check->meaning,
                    "\n\n*What to do.* ", check->remedy, "\n\n", HoldingOf(*check), "\n");
  return page;
}

}  // namespace caliwatch
