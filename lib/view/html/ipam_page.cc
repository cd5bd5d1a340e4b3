// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/ipam_page.h"

#include <absl/strings/str_cat.h>

#include "lib/ipam/commands.h"
#include "lib/view/html/html.h"
#include "lib/view/html/ipam_parts.h"
#include "lib/view/ipam_words.h"
#include "lib/view/words.h"

namespace caliwatch {
namespace {

constexpr absl::string_view kLinks =
    "<a href=\"metrics\">Metrics</a> <a href=\"api/v1/ipam\">This as JSON</a> <a href=\"api/v1/ipam/releases\">Release "
    "report</a> <a href=\"-/healthy\">Health</a> <a href=\"-/ready\">Readiness</a>";

std::string Document(absl::string_view title, absl::string_view body, const PageContext& context) {
  const absl::string_view nodes = context.has_cluster_page ? "<a href=\"cluster\">All nodes</a> " : "";
  return HtmlDocument(title, body, absl::StrCat(nodes, kLinks), context.version, context.revision);
}

// What is not yet sure is neither good nor bad: pods come and go.
absl::string_view VerdictClass(const IpamReport& report) {
  switch (report.outcome()) {
    case IpamOutcome::kClean:
      return "good";
    case IpamOutcome::kUnsure:
      return "info";
    case IpamOutcome::kCannotJudge:
      return "warning";
    case IpamOutcome::kFindings:
      break;
  }
  return ToString(VerdictsByImportance(report).front()->check->severity);
}

std::string Seen(const IpamReport& report, const PageContext& context) {
  return absl::StrCat("<p id=\"seen\" class=\"", context.healthy ? "quiet" : "stale", "\">Seen ",
                      AgeText(context.now - report.at), " ago, at ", HtmlTime(report.at, context.now), ".",
                      context.healthy ? "" : " The next look should be over by now: the log may say why it is not.",
                      "</p>\n");
}

// How much is recorded is no news of a look that could not read it.
std::string Glance(const IpamReport& report, const std::vector<std::string>& problems) {
  std::string html;
  const auto add = [&](absl::string_view text) { absl::StrAppend(&html, "<li>", Html(text), "</li>\n"); };
  if (!problems.empty()) add(absl::StrCat(Times(problems.size(), "problem"), " with what was asked"));
  if (report.Read("blocks").ok()) add(Times(report.recorded, "recorded address"));
  if (!report.releases.addresses.empty())
    add(absl::StrCat(report.releases.addresses.size(), " of them safe to release"));
  // They stand below all findings.
  if (const size_t commands = CommandsOf(report).size(); commands != 0)
    absl::StrAppend(&html, "<li><a href=\"#commands\">What to type</a>: ", Times(commands, "line"), "</li>\n");
  return html.empty() ? "" : absl::StrCat("<ul class=\"glance\">\n", html, "</ul>\n");
}

// What is wrong beside what was read; where nothing is, that alone.
std::string Columns(absl::string_view wrong, absl::string_view read) {
  if (wrong.empty()) return absl::StrCat("<div id=\"report\" tabindex=\"-1\">\n", read, "</div>\n");
  return absl::StrCat("<div id=\"report\" tabindex=\"-1\" class=\"columns\">\n<div>\n", wrong, "</div>\n<div>\n", read,
                      "</div>\n</div>\n");
}

}  // namespace

std::string IpamPage(const IpamReport& report, const std::vector<std::string>& problems, const PageContext& context) {
  const std::string verdict = absl::StrCat("IPAM: ", HeadlineText(report, "the next look decides"));
  const std::string wrong = absl::StrCat(ProblemsHtml(problems), IpamFindingsHtml(report), IpamCommandsHtml(report),
                                         ReleasesHtml(report), UnsureHtml(report), DoubtsHtml(report));
  return Document(verdict,
                  absl::StrCat("<header><h1>IPAM</h1>\n", Seen(report, context), "</header>\n<main>\n",
                               "<div id=\"verdict\" class=\"verdict ", VerdictClass(report), "\"><p>", Html(verdict),
                               "</p>\n", Glance(report, problems), "</div>\n",
                               Columns(wrong, absl::StrCat(PoolsHtml(report), EvidenceHtml(report))), "</main>\n"),
                  context);
}

std::string IpamWaitingPage(const PageContext& context) {
  return Document(
      "caliwatch: the first look is under way",
      "<header><h1>IPAM</h1>\n<p id=\"seen\" class=\"quiet\">Not seen yet.</p></header>\n<main>\n"
      "<div id=\"verdict\" class=\"verdict warning\"><p>The first look at the cluster is not over yet.</p></div>\n"
      "<div id=\"report\" tabindex=\"-1\"></div>\n</main>\n",
      context);
}

}  // namespace caliwatch
