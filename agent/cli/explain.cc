// SPDX-License-Identifier: Apache-2.0
#include "agent/cli/explain.h"

#include <optional>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "agent/build/embedded.h"
#include "lib/analysis/findings/check_info.h"
#include "lib/model/utf8.h"
#include "lib/view/terminal/text_layout.h"
#include "lib/view/topics.h"

namespace caliwatch {
namespace {

constexpr size_t kLineWidth = 100;

std::string CheckText(const CheckInfo& check, const std::vector<Runbook>& runbooks) {
  const std::string alerts = absl::StrJoin(AlertsThatName(check.name, runbooks), ", ");
  const auto paragraph = [](absl::string_view head, absl::string_view text) {
    return absl::StrCat(head, "\n", Wrapped(text, 2, kLineWidth), "\n");
  };
  return absl::StrCat(check.name, " (", ToString(check.severity), ")\n\n", Wrapped(check.summary, 2, kLineWidth), "\n",
                      paragraph("What it breaks", check.impact), paragraph("What it means", check.meaning),
                      paragraph("What to do", check.remedy), paragraph("When it counts", HoldingText(check)),
                      alerts.empty() ? "" : paragraph("Runbooks that speak of it", alerts));
}

std::string List(const std::vector<Runbook>& runbooks) {
  std::string checks, cluster, ipam, alerts;
  for (const Topic& topic : AllTopics(runbooks)) {
    absl::StrAppend(topic.runbook                  ? &alerts
                    : IsIpamCheck(*topic.check)    ? &ipam
                    : IsClusterCheck(*topic.check) ? &cluster
                                                   : &checks,
                    "  ", topic.name(), "\n", topic.check ? Wrapped(topic.check->summary, 6, kLineWidth) : "");
  }
  return absl::StrCat("Checks\n", checks, "\nChecks of `caliwatch cluster`\n", cluster,
                      "\nChecks of `caliwatch ipam`\n", ipam, "\nAlerts\n", alerts,
                      "\n`caliwatch explain NAME` has all of one.\n");
}

}  // namespace

std::vector<std::string> ExplainableNames() {
  const std::vector<Runbook> runbooks = RunbooksOf(Runbooks());
  std::vector<std::string> names;
  for (const Topic& topic : AllTopics(runbooks)) names.emplace_back(topic.name());
  return names;
}

absl::StatusOr<std::string> Explanation(absl::string_view name) {
  const std::vector<Runbook> runbooks = RunbooksOf(Runbooks());
  if (name.empty()) return List(runbooks);
  if (const std::optional<Topic> topic = TopicOf(name, runbooks))
    return topic->check ? CheckText(*topic->check, runbooks) : std::string(topic->runbook->text);
  const std::string similar = absl::StrJoin(LikeTopics(name, runbooks), ", ");
  return absl::NotFoundError(absl::StrCat(
      "there is no check and no alert '", Printable(name), "'",
      similar.empty() ? "; `caliwatch explain` lists those there are" : absl::StrCat("; did you mean ", similar, "?")));
}

}  // namespace caliwatch
