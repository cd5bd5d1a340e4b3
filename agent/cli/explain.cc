// SPDX-License-Identifier: Apache-2.0
#include "agent/cli/explain.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>

#include "agent/build/embedded.h"
#include "lib/analysis/findings/check_info.h"
#include "lib/ipam/check.h"
#include "lib/model/utf8.h"
#include "lib/view/check_document.h"
#include "lib/view/terminal/text_layout.h"

namespace caliwatch {
namespace {

constexpr size_t kLineWidth = 100;

std::string NameOf(const EmbeddedFile& runbook) { return std::string(absl::StripSuffix(runbook.name, ".md")); }

std::string Holding(const CheckInfo& check) {
  return absl::StartsWith(check.name, "ipam_") ? HoldingOfLooks(check) : HoldingOf(check);
}

std::string CheckText(const CheckInfo& check) {
  std::string alerts;
  for (const EmbeddedFile& runbook : Runbooks())
    if (absl::StrContains(runbook.text, check.name))
      absl::StrAppend(&alerts, alerts.empty() ? "" : ", ", NameOf(runbook));
  const auto paragraph = [](absl::string_view head, absl::string_view text) {
    return absl::StrCat(head, "\n", Wrapped(text, 2, kLineWidth), "\n");
  };
  return absl::StrCat(check.name, " (", ToString(check.severity), ")\n\n", Wrapped(check.summary, 2, kLineWidth), "\n",
                      paragraph("What it breaks", check.impact), paragraph("What it means", check.meaning),
                      paragraph("What to do", check.remedy), paragraph("When it counts", Holding(check)),
                      alerts.empty() ? "" : paragraph("Runbooks that speak of it", alerts));
}

std::string List() {
  std::string text = "Checks\n";
  for (const CheckInfo* check : AllCheckInfos())
    absl::StrAppend(&text, "  ", check->name, "\n", Wrapped(check->summary, 6, kLineWidth));
  text += "\nChecks of `caliwatch ipam`\n";
  for (const IpamCheck& check : AllIpamChecks())
    absl::StrAppend(&text, "  ", check.info.name, "\n", Wrapped(check.info.summary, 6, kLineWidth));
  absl::StrAppend(&text, "\nAlerts\n");
  for (const EmbeddedFile& runbook : Runbooks()) absl::StrAppend(&text, "  ", NameOf(runbook), "\n");
  return absl::StrCat(text, "\n`caliwatch explain NAME` has all of one.\n");
}

}  // namespace

std::vector<std::string> ExplainableNames() {
  std::vector<std::string> names;
  for (const CheckInfo* check : AllCheckInfos()) names.emplace_back(check->name);
  for (const IpamCheck& check : AllIpamChecks()) names.emplace_back(check.info.name);
  for (const EmbeddedFile& runbook : Runbooks()) names.push_back(NameOf(runbook));
  return names;
}

absl::StatusOr<std::string> Explanation(absl::string_view name) {
  if (name.empty()) return List();
  for (const CheckInfo* check : AllCheckInfos())
    if (absl::EqualsIgnoreCase(check->name, name)) return CheckText(*check);
  for (const IpamCheck& check : AllIpamChecks())
    if (absl::EqualsIgnoreCase(check.info.name, name)) return CheckText(check.info);
  for (const EmbeddedFile& runbook : Runbooks())
    if (absl::EqualsIgnoreCase(NameOf(runbook), name)) return std::string(runbook.text);
  std::string similar;
  for (const std::string& other : ExplainableNames())
    if (absl::StrContains(absl::AsciiStrToLower(other), absl::AsciiStrToLower(name)))
      absl::StrAppend(&similar, similar.empty() ? "" : ", ", other);
  return absl::NotFoundError(absl::StrCat(
      "there is no check and no alert '", Printable(name), "'",
      similar.empty() ? "; `caliwatch explain` lists those there are" : absl::StrCat("; did you mean ", similar, "?")));
}

}  // namespace caliwatch
