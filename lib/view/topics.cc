// SPDX-License-Identifier: Apache-2.0
#include "lib/view/topics.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>

#include "lib/cluster/check.h"
#include "lib/ipam/check.h"
#include "lib/view/check_document.h"

namespace caliwatch {

bool IsOfWord(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_'; }

namespace {

constexpr size_t kLike = 5;
constexpr size_t kLettersWrong = 3;
constexpr size_t kLongestName = 60;  // more than any topic has: who asks for more is not compared letter by letter

bool HasWord(absl::string_view text, absl::string_view word) {
  for (size_t at = text.find(word); at != absl::string_view::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || !IsOfWord(text[at - 1])) && (end == text.size() || !IsOfWord(text[end]))) return true;
  }
  return false;
}

// Letters to change, add or leave out to make one of the other (Levenshtein).
size_t Distance(absl::string_view one, absl::string_view other) {
  std::vector<size_t> row(other.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < one.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i + 1);
    for (size_t j = 0; j < other.size(); ++j) {
      const size_t changed = diagonal + (one[i] == other[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::vector<Topic> AllTopics(const std::vector<Runbook>& runbooks) {
  std::vector<Topic> topics;
  for (const CheckInfo* check : AllCheckInfos()) topics.push_back({.check = check});
  for (const ClusterCheck& check : AllClusterChecks()) topics.push_back({.check = &check.info});
  for (const IpamCheck& check : AllIpamChecks()) topics.push_back({.check = &check.info});
  for (const Runbook& runbook : runbooks) topics.push_back({.runbook = &runbook});
  return topics;
}

std::optional<Topic> TopicOf(absl::string_view name, const std::vector<Runbook>& runbooks) {
  for (const Topic& topic : AllTopics(runbooks))
    if (absl::EqualsIgnoreCase(topic.name(), name)) return topic;
  return std::nullopt;
}

std::vector<absl::string_view> LikeTopics(absl::string_view name, const std::vector<Runbook>& runbooks) {
  if (name.empty() || name.size() > kLongestName) return {};
  const std::string asked = absl::AsciiStrToLower(name);
  std::vector<std::pair<size_t, absl::string_view>> like;
  for (const Topic& topic : AllTopics(runbooks)) {
    const std::string lower = absl::AsciiStrToLower(topic.name());
    const size_t wrong = absl::StrContains(lower, asked) ? 0 : Distance(asked, lower);
    if (wrong <= kLettersWrong) like.emplace_back(wrong, topic.name());
  }
  std::stable_sort(like.begin(), like.end(),
                   [](const auto& one, const auto& other) { return one.first < other.first; });
  std::vector<absl::string_view> names;
  for (size_t i = 0; i < std::min(like.size(), kLike); ++i) names.push_back(like[i].second);
  return names;
}

std::vector<absl::string_view> AlertsThatName(absl::string_view check, const std::vector<Runbook>& runbooks) {
  std::vector<absl::string_view> alerts;
  for (const Runbook& runbook : runbooks)
    if (HasWord(runbook.text, check)) alerts.push_back(runbook.alert);
  return alerts;
}

bool IsIpamCheck(const CheckInfo& check) { return absl::StartsWith(check.name, "ipam_"); }

bool IsClusterCheck(const CheckInfo& check) { return absl::StartsWith(check.name, "cluster_"); }

std::string HoldingText(const CheckInfo& check) {
  return IsIpamCheck(check) || IsClusterCheck(check) ? HoldingOfLooks(check) : HoldingOf(check);
}

}  // namespace caliwatch
