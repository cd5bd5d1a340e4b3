// SPDX-License-Identifier: Apache-2.0
#include "lib/view/check_document.h"

#include <absl/strings/str_cat.h>

#include "lib/cluster/check.h"
#include "lib/ipam/check.h"

namespace caliwatch {
namespace {

std::string Chapter(const CheckInfo& check, const std::string& holding) {
  return absl::StrCat("\n## ", check.name, "\n\n**", ToString(check.severity), "**: ", check.summary,
                      "\n\n*What it breaks.* ", check.impact, "\n\n*What it means.* ", check.meaning,
                      "\n\n*What to do.* ", check.remedy, "\n\n", holding, "\n");
}

}  // namespace

std::string HoldingOf(const CheckInfo& check) {
  if (check.polls_to_hold == 1) return "A finding counts with the first poll that sees it.";
  const std::string polls = absl::StrCat("A finding counts once ", check.polls_to_hold, " polls in a row have seen it");
  if (check.time_to_hold == absl::ZeroDuration()) return absl::StrCat(polls, ".");
  return absl::StrCat(polls, ", over ", absl::FormatDuration(check.time_to_hold), " or more.");
}

std::string HoldingOfLooks(const CheckInfo& check) {
  const std::string looks = absl::StrCat("A finding counts once ", check.polls_to_hold, " looks in a row have seen it");
  if (check.time_to_hold == absl::ZeroDuration()) return absl::StrCat(looks, ".");
  return absl::StrCat(looks, ", over ", absl::FormatDuration(check.time_to_hold), " or more.");
}

std::string DocumentChecks() {
  std::string page =
      "# Checks\n\n"
      "Made by `make docs` from the checks in `lib/analysis/checks/`. `caliwatch_check_findings{check=\"NAME\"}` "
      "counts what a check finds; `caliwatch check` prints it with what to do.\n";
  for (const CheckInfo* check : AllCheckInfos()) absl::StrAppend(&page, Chapter(*check, HoldingOf(*check)));
  return page;
}

std::string DocumentIpamChecks() {
  std::string page =
      "# Checks of IPAM's records\n\n"
      "Made by `make docs` from the checks in `lib/ipam/checks/`; `caliwatch ipam` prints what they find, as "
      "[its page](ipam.md) says.\n";
  for (const IpamCheck& check : AllIpamChecks())
    absl::StrAppend(&page, Chapter(check.info, HoldingOfLooks(check.info)));
  return page;
}

std::string DocumentClusterChecks() {
  std::string page =
      "# Checks of a cluster\n\n"
      "Made by `make docs` from the checks in `lib/cluster/checks/`; `caliwatch cluster` prints what they find, as "
      "[its page](cluster.md) says.\n";
  for (const ClusterCheck& check : AllClusterChecks())
    absl::StrAppend(&page, Chapter(check.info, HoldingOfLooks(check.info)));
  return page;
}

}  // namespace caliwatch
