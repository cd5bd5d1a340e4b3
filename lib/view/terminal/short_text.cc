// SPDX-License-Identifier: Apache-2.0
#include "lib/view/terminal/short_text.h"

#include <map>
#include <string>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include "lib/model/utf8.h"
#include "lib/view/finding_words.h"
#include "lib/view/summary.h"
#include "lib/view/words.h"

namespace caliwatch {
namespace {

std::string Line(absl::string_view word, absl::string_view name, absl::string_view text) {
  return absl::StrCat(word, "  ", name, "  ", Printable(text), "\n");
}

std::string Findings(const Summary& summary, absl::Time now) {
  std::string text;
  for (const FindingGroup& group : summary.groups)
    absl::StrAppend(&text, Line(absl::AsciiStrToUpper(ToString(group.check->severity)), group.check->name,
                                FindingText(group, now)));
  return text;
}

// Most checks that cannot judge wait for the same few sources.
std::string Unknowns(const Summary& summary) {
  std::string text;
  for (const SourceStatus* reading : summary.unread)
    absl::StrAppend(&text, Line("UNKNOWN", reading->name, reading->status.message()));
  std::map<absl::string_view, std::vector<absl::string_view>> checks;  // by why they cannot judge
  for (const Verdict* verdict : summary.unjudged) checks[verdict->judged.message()].push_back(verdict->check->name);
  for (const auto& [why, names] : checks) {
    const std::string who = names.size() == 1 ? std::string(names[0]) : absl::StrCat(names.size(), " checks");
    absl::StrAppend(&text, Line("UNKNOWN", who, why));
  }
  return text;
}

}  // namespace

std::string ShortText(const Report& report) {
  const Summary summary = Summarize(report);
  return absl::StrCat(Printable(NodeText(report)), ": ", VerdictText(summary), "\n", Findings(summary, report.taken_at),
                      Unknowns(summary));
}

}  // namespace caliwatch
