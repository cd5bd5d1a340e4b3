// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/status_findings.h"

#include <vector>

#include <absl/strings/str_cat.h>

#include "lib/view/finding_words.h"
#include "lib/view/html/html.h"
#include "lib/view/words.h"

namespace caliwatch {
namespace {

constexpr size_t kCommandsAtOnce = 6;

// Its age is told where it is not that of its group, which the head has.
std::string ListItem(const CauseWithEffects& found, absl::Time group_since, absl::Time now) {
  const std::string effects = EffectsText(found);
  const bool is_told = found.open->since - group_since < kWorthTelling;
  return absl::StrCat("<li>", Html(FindingText(found, is_told ? found.open->since : now)),
                      effects.empty() ? "" : absl::StrCat("<br><span class=\"quiet\">", Html(effects), "</span>"),
                      "</li>\n");
}

// `number`: of the group on the page, and `place`: of the command in it.
std::string CommandHtml(const Command& command, size_t number, size_t place) {
  const std::string where = PlaceText(command);
  const std::string note = absl::StrCat("<span class=\"", command.changes ? "warning" : "quiet", "\">",
                                        command.changes ? "changes something; " : "", Html(where), "</span>");
  return HtmlCommand(command.line, absl::StrCat("copy-", number, "-", place), note);
}

std::string CommandsHtml(const std::vector<Command>& commands, size_t number) {
  std::string shown, folded;
  for (size_t i = 0; i < commands.size(); ++i)
    absl::StrAppend(i < kCommandsAtOnce ? &shown : &folded, CommandHtml(commands[i], number, i + 1));
  if (folded.empty()) return shown;
  const std::string more = absl::StrCat(commands.size() - kCommandsAtOnce, " more to type");
  return shown + HtmlDetails(absl::StrCat("commands-", number), more, folded);
}

// Of more than a few, the first stands for all, which are behind it.
std::string SubjectsHtml(const FindingGroup& group, size_t number, absl::Time now) {
  const size_t told = ToldAtOnce(group);
  std::string shown, folded;
  for (size_t i = 0; i < group.findings.size(); ++i)
    absl::StrAppend(i < told ? &shown : &folded, ListItem(*group.findings[i], group.since(), now));
  std::string html = absl::StrCat("<ul>\n", shown, "</ul>\n");
  if (!folded.empty())
    absl::StrAppend(&html,
                    HtmlDetails(absl::StrCat("more-", number), absl::StrCat(group.findings.size() - told, " more"),
                                absl::StrCat("<ul>\n", folded, "</ul>\n")));
  if (group.unlisted != 0) absl::StrAppend(&html, "<p>", UnlistedText(group), "</p>\n");
  return html;
}

// `number`: of the group on the page.
std::string GroupHtml(const FindingGroup& group, size_t number, absl::Time now) {
  const absl::string_view severity = ToString(group.check->severity), name = group.check->name;
  const absl::Duration age = now - group.since();
  return absl::StrCat(
      "<article id=\"finding-", number, "\" class=\"finding ", severity, "\"><h3><span class=\"severity ", severity,
      "\">", severity, "</span> ", Html(HeadlineText(group)),
      age < kWorthTelling ? "" : absl::StrCat(" <small>for ", AgeText(age), "</small>"), "</h3>\n",
      SubjectsHtml(group, number, now), "<p>What it breaks: ", Html(group.impact()),
      "</p>\n<p><strong>What to do:</strong> ", Html(group.remedy), "</p>\n", CommandsHtml(CommandsOf(group), number),
      "<p class=\"quiet\"><a id=\"why-", number, "\" href=\"explain/", name, "\">", name,
      "</a>: ", Html(group.check->summary), "</p></article>\n");
}

}  // namespace

std::string FindingsHtml(const Summary& summary, absl::Time now) {
  std::string html;
  size_t number = 0;
  for (const FindingGroup& group : summary.groups) absl::StrAppend(&html, GroupHtml(group, ++number, now));
  return html.empty() ? "" : HtmlSection("findings", "What is wrong, and what to do", html);
}

std::string PastFindingsHtml(const Report& report) {
  if (report.past_findings.empty()) return "";
  const absl::Time now = report.taken_at;
  std::string html = "<ul>\n";
  for (const PastFinding& past : report.past_findings)
    absl::StrAppend(&html, "<li>", HtmlTime(past.until, now), ", after ", AgeText(past.until - past.since), ": ",
                    past.check->name, " ", Html(past.subject), ": ", Html(past.detail), "</li>\n");
  const std::string summary = absl::StrCat("The last ", report.past_findings.size(), ", newest first");
  return HtmlSection("past", "Findings that are over", HtmlDetails("past-findings", summary, html + "</ul>\n"));
}

}  // namespace caliwatch
