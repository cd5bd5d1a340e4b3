// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is explained by name: the checks of the agent, those of `caliwatch cluster`
// and `caliwatch ipam`, and the alerts, each by its runbook.

#include <optional>
#include <string>
#include <vector>

#include <absl/strings/string_view.h>
#include <absl/strings/strip.h>

#include "lib/analysis/findings/check_info.h"

namespace caliwatch {

// Letters, digits and '_': what names of checks and alerts are made of.
bool IsOfWord(char c);

struct Runbook {
  absl::string_view alert;
  absl::string_view text;  // Markdown, as docs/runbooks has it
};

// Of files with a `name`, ALERT.md, and a `text`; they outlive the runbooks.
template <class Files>
std::vector<Runbook> RunbooksOf(const Files& files) {
  std::vector<Runbook> runbooks;
  for (const auto& file : files) runbooks.push_back({absl::StripSuffix(file.name, ".md"), file.text});
  return runbooks;
}

// One of the two is set.
struct Topic {
  const CheckInfo* check = nullptr;
  const Runbook* runbook = nullptr;

  absl::string_view name() const { return check ? check->name : runbook->alert; }
};

// In the order of the lists that are shown: checks of the agent, of `caliwatch cluster`, of `caliwatch ipam`, alerts.
std::vector<Topic> AllTopics(const std::vector<Runbook>& runbooks);

// Upper and lower case are one.
std::optional<Topic> TopicOf(absl::string_view name, const std::vector<Runbook>& runbooks);

// What somebody may have meant who asked for `name`, which is none: those that hold it, else those that differ in a few
// letters. The best first, a few at most.
std::vector<absl::string_view> LikeTopics(absl::string_view name, const std::vector<Runbook>& runbooks);

// The runbooks that speak of the check, by its whole name.
std::vector<absl::string_view> AlertsThatName(absl::string_view check, const std::vector<Runbook>& runbooks);

bool IsIpamCheck(const CheckInfo& check);
bool IsClusterCheck(const CheckInfo& check);

// When a finding of the check counts: a sentence.
std::string HoldingText(const CheckInfo& check);

}  // namespace caliwatch
