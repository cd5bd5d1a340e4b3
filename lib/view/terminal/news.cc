// SPDX-License-Identifier: Apache-2.0
#include "lib/view/terminal/news.h"

#include <map>
#include <tuple>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include "lib/model/utf8.h"
#include "lib/view/finding_words.h"
#include "lib/view/summary.h"

namespace caliwatch {
namespace {

constexpr size_t kLines = 8;  // the report below tells all of them

}  // namespace

// Of a check that finds more than are listed, which ones are is no news, and neither is what follows from another.
News::Ids News::IdsOf(const Report& report) {
  Ids ids;
  for (const CauseWithEffects& cause : Summarize(report).causes)
    ids.insert({{std::string(cause.check->name), cause.open->subject}, cause.check->severity});
  return ids;
}

void News::See(const Report& report) {
  seen_ = IdsOf(report);
  seen_at_ = report.taken_at;
}

std::string News::Text(const Report& report, bool colour) const {
  if (seen_at_ == absl::InfinitePast()) return "";
  const Ids now = IdsOf(report);
  // Of each check those that came, and those that are over, are a line.
  std::map<std::tuple<absl::string_view, Severity, absl::string_view>, std::vector<absl::string_view>> subjects;
  const auto add = [&](const auto& entry, absl::string_view mark) {
    subjects[{mark, entry.second, entry.first.first}].push_back(entry.first.second);
  };
  for (const auto& entry : now)
    if (seen_.count(entry.first) == 0) add(entry, "new   ");
  for (const auto& entry : seen_)
    if (now.count(entry.first) == 0) add(entry, "over  ");
  std::vector<std::string> lines;
  for (const auto& [key, names] : subjects)
    lines.push_back(absl::StrCat("  ", std::get<0>(key), absl::AsciiStrToUpper(ToString(std::get<1>(key))), "  ",
                                 std::get<2>(key), "  ", Printable(SubjectsText(names))));
  if (lines.empty()) return "";
  const size_t left_out = lines.size() > kLines ? lines.size() - kLines : 0;
  lines.resize(lines.size() - left_out);
  if (left_out != 0) lines.push_back(absl::StrCat("  and ", left_out, " more"));
  const std::string title = absl::FormatTime("Since you looked, at %H:%M:%S UTC; a key says that you have seen it",
                                             seen_at_, absl::UTCTimeZone());
  std::string text = colour ? absl::StrCat("\033[1;7m", title, "\033[0m\n") : title + "\n";
  for (const std::string& line : lines) absl::StrAppend(&text, line, "\n");
  return text;
}

}  // namespace caliwatch
