// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/check.h"

#include <algorithm>

#include <absl/strings/str_cat.h>

namespace caliwatch {
namespace {

std::vector<Check>& Registry() {
  static std::vector<Check> checks;
  return checks;
}

}  // namespace

absl::string_view ToString(Severity severity) {
  switch (severity) {
    case Severity::kCritical:
      return "critical";
    case Severity::kWarning:
      return "warning";
    case Severity::kInfo:
      break;
  }
  return "info";
}

RegisterCheck::RegisterCheck(Check check) {
  auto& checks = Registry();
  const auto behind = std::upper_bound(checks.begin(), checks.end(), check,
                                       [](const Check& a, const Check& b) { return a.name < b.name; });
  checks.insert(behind, std::move(check));
}

const std::vector<Check>& AllChecks() { return Registry(); }

Judgement RunCheck(absl::string_view name, const Snapshot& snapshot) {
  for (const Check& check : AllChecks())
    if (check.name == name) return check.run(snapshot);
  return absl::NotFoundError(absl::StrCat("there is no check '", name, "'"));
}

absl::Status FirstError(std::initializer_list<absl::Status> statuses) {
  for (const absl::Status& status : statuses)
    if (!status.ok()) return status;
  return absl::OkStatus();
}

}  // namespace caliwatch
