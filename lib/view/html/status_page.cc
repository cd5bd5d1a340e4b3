// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/status_page.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>

#include "lib/view/html/html.h"
#include "lib/view/html/status_episodes.h"
#include "lib/view/html/status_parts.h"
#include "lib/view/node_words.h"
#include "lib/view/summary.h"
#include "lib/view/words.h"

namespace caliwatch {
namespace {

std::string Document(absl::string_view title, absl::string_view body, const PageContext& context) {
  return HtmlDocument(title, body,
                      absl::StrCat("<a href=\"", Html(absl::StripPrefix(context.telemetry_path, "/")),
                                   "\">Metrics</a> <a href=\"api/v1/report\">This as JSON</a> <a "
                                   "href=\"-/healthy\">Health</a> <a href=\"-/ready\">Readiness</a>"),
                      context.version, context.revision);
}

absl::string_view VerdictClass(const Summary& summary) {
  switch (summary.outcome) {
    case Outcome::kClean:
      return summary.restarting ? "warning" : "good";
    case Outcome::kStarting:
    case Outcome::kCannotJudge:
      return "warning";
    case Outcome::kFindings:
      break;
  }
  return ToString(summary.causes.front().check->severity);
}

// Below the verdict, what belongs to a glance: sessions, or the other nodes where there are none, and a restart that is
// not over.
std::string Glance(const Report& report) {
  std::string html;
  for (const Family family : kFamilies) {
    if (const auto peers = PeersByImportance(report, family); !peers.empty())
      absl::StrAppend(&html, "<li>", PeersTitle(report, peers, family), "</li>\n");
    else if (const auto nodes = NodesByImportance(report, family); !nodes.empty())
      absl::StrAppend(&html, "<li>", NodesTitle(nodes, family), "</li>\n");
    if (const std::string episode = EpisodeText(report.birds[family].convergence); !episode.empty())
      absl::StrAppend(&html, "<li>", TitleOf(family), " is ", Html(episode), "</li>\n");
  }
  return html.empty() ? "" : absl::StrCat("<ul class=\"glance\">\n", html, "</ul>\n");
}

std::string Seen(const Report& report, const PageContext& context) {
  const absl::Time at = report.taken_at;
  return absl::StrCat(
      "<p id=\"seen\" role=\"status\" class=\"", context.healthy ? "quiet" : "stale", "\">Seen ",
      AgeText(context.now - at), " ago, at ", HtmlTime(at, context.now), ".",
      context.healthy ? "" : " The next look should be over by now: the agent's log may say why it is not.", "</p>\n");
}

std::string Birds(const Report& report) {
  if (const std::string none = NoBirdText(report); !none.empty())
    return HtmlSection("bird", "BIRD", absl::StrCat("<p>", Html(none), "</p>\n"));
  std::string html = "<ul>\n";
  for (const Family family : kFamilies)
    absl::StrAppend(&html, "<li>", TitleOf(family), ": ", Html(BirdText(report, family)), "</li>\n");
  return HtmlSection("bird", "BIRD", html + "</ul>\n");
}

std::string Felix(const Report& report) {
  const std::string text = FelixText(report);
  return text.empty() ? "" : HtmlSection("felix", "Felix", absl::StrCat("<p>", Html(text), "</p>\n"));
}

}  // namespace

std::string StatusPage(const Report& report, const PageContext& context) {
  const Summary summary = Summarize(report);
  const std::string node = NodeText(report), verdict = VerdictText(summary);
  return Document(
      absl::StrCat(node, ": ", verdict),
      absl::StrCat("<header><h1>", Html(node), "</h1>\n", Seen(report, context), "</header>\n<main>\n",
                   "<div id=\"verdict\" class=\"verdict ", VerdictClass(summary), "\"><p>", Html(node), ": ",
                   Html(verdict), "</p>\n", Glance(report), "</div>\n<div id=\"report\" class=\"columns\">\n<div>\n",
                   FindingsHtml(summary, report.taken_at), PeersHtml(report), NodesHtml(report),
                   WatchedRoutesHtml(report), PastFindingsHtml(report), "</div>\n<div>\n", EpisodesHtml(report),
                   Birds(report), Felix(report), SourcesHtml(report, summary), "</div>\n</div>\n</main>\n"),
      context);
}

std::string WaitingPage(const PageContext& context) {
  return Document(
      "caliwatch: the first look is under way",
      "<header><h1>caliwatch</h1>\n<p id=\"seen\" role=\"status\" class=\"quiet\">Not seen yet.</p></header>\n"
      "<main>\n<div id=\"verdict\" class=\"verdict warning\"><p>The first look at the node is not over "
      "yet.</p></div>\n<div id=\"report\"></div>\n</main>\n",
      context);
}

}  // namespace caliwatch
