// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/status_page.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/strip.h>

#include "lib/view/html/html.h"
#include "lib/view/html/status_findings.h"
#include "lib/view/html/status_node.h"
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
                                   "href=\"-/healthy\">Health</a> <a href=\"-/ready\">Readiness</a> <a "
                                   "href=\"explain\">Checks and runbooks</a>"),
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

// "critical since 12:00:03 UTC, for 1 min 20 s": of the gravest that there is.
std::string WorstSince(const Summary& summary, absl::Time now) {
  if (summary.outcome != Outcome::kFindings) return "";
  const Severity worst = summary.groups.front().check->severity;
  absl::Time first = absl::InfiniteFuture();
  for (const FindingGroup& group : summary.groups)
    if (group.check->severity == worst) first = std::min(first, group.since());
  if (now - first < kWorthTelling) return "";
  return absl::StrCat("<li>", ToString(worst), " since ", HtmlTime(first, now), ", for ", AgeText(now - first),
                      "</li>\n");
}

// Below the verdict, what belongs to a glance: since when, sessions, or the other nodes where there are none, and a
// restart that is not over.
std::string Glance(const Report& report, const Summary& summary) {
  std::string html = WorstSince(summary, report.taken_at);
  for (const Family family : kFamilies) {
    if (const auto peers = PeersByImportance(report, family); !peers.empty())
      absl::StrAppend(&html, "<li>", PeersTitle(report, peers, family), "</li>\n");
    else if (const auto nodes = NodesByImportance(report, family); !nodes.empty())
      absl::StrAppend(&html, "<li>", NodesTitle(report, nodes, family), "</li>\n");
    if (const std::string episode = EpisodeText(report.birds[family].convergence); !episode.empty())
      absl::StrAppend(&html, "<li>", TitleOf(family), " is ", Html(episode), "</li>\n");
  }
  return html.empty() ? "" : absl::StrCat("<ul class=\"glance\">\n", html, "</ul>\n");
}

std::string Seen(const Report& report, const PageContext& context) {
  const absl::Time at = report.taken_at;
  return absl::StrCat(
      "<p id=\"seen\" class=\"", context.healthy ? "quiet" : "stale", "\">Seen ", AgeText(context.now - at),
      " ago, at ", HtmlTime(at, context.now), ".",
      context.healthy ? "" : " The next look should be over by now: the agent's log may say why it is not.", "</p>\n");
}

std::string PercentEncoded(absl::string_view text) {
  std::string encoded;
  for (const char byte : text) {
    const auto number = static_cast<unsigned char>(byte);
    const bool plain = absl::ascii_isalnum(number) || byte == '-' || byte == '.' || byte == '_' || byte == '~';
    absl::StrAppend(&encoded, plain ? std::string(1, byte) : absl::StrFormat("%%%02X", number));
  }
  return encoded;
}

std::string Link(absl::string_view url, absl::string_view node, absl::string_view text) {
  if (url.empty()) return "";
  const std::string filled = absl::StrReplaceAll(url, {{"{node}", PercentEncoded(node)}});
  return absl::StrCat("<a href=\"", Html(filled), "\" rel=\"noopener noreferrer\">", text, "</a>\n");
}

std::string Elsewhere(const Report& report, const PageContext& context) {
  const std::string node = report.node_name.value_or("");
  const std::string links =
      absl::StrCat(context.has_cluster_page ? "<a href=\"cluster\">All nodes</a>\n" : "",
                   Link(context.grafana_url, node, "Grafana"), Link(context.cluster_url, node, "The cluster"));
  return links.empty() ? "" : absl::StrCat("<nav aria-label=\"Elsewhere\">", links, "</nav>\n");
}

// In the order in which they are read where there is room for one column alone; else the second is beside the others.
std::string Columns(absl::string_view first, absl::string_view second, absl::string_view third) {
  return absl::StrCat("<div class=\"columns\">\n<div>\n", first, "</div>\n<div class=\"beside\">\n", second,
                      "</div>\n<div>\n", third, "</div>\n</div>\n");
}

// What is wrong stands beside peers and nodes, so that all of it is in sight together; where nothing is, these come
// first.
std::string ReportParts(const Report& report, const Summary& summary) {
  const std::string findings = FindingsHtml(summary, report.taken_at), past = PastFindingsHtml(report);
  const std::string tables = PeersHtml(report) + NodesHtml(report) + WatchedRoutesHtml(report);
  const std::string node = NodeCardHtml(report), sources = SourcesHtml(report, summary);
  if (findings.empty()) return Columns(tables, node, sources + past);
  return Columns(findings, tables + node, sources + past);
}

}  // namespace

std::string StatusPage(const Report& report, const PageContext& context) {
  const Summary summary = Summarize(report);
  const std::string node = NodeText(report), verdict = VerdictText(summary);
  return Document(
      absl::StrCat(node, ": ", verdict),
      absl::StrCat("<header><h1>", Html(node), "</h1>\n", Seen(report, context), Elsewhere(report, context),
                   "</header>\n<main>\n", "<div id=\"verdict\" class=\"verdict ", VerdictClass(summary), "\"><p>",
                   Html(node), ": ", Html(verdict), "</p>\n", Glance(report, summary),
                   "</div>\n<div id=\"report\" tabindex=\"-1\">\n", ReportParts(report, summary), "</div>\n</main>\n"),
      context);
}

std::string WaitingPage(const PageContext& context) {
  return Document("caliwatch: the first look is under way",
                  "<header><h1>caliwatch</h1>\n<p id=\"seen\" class=\"quiet\">Not seen yet.</p></header>\n"
                  "<main>\n<div id=\"verdict\" class=\"verdict warning\"><p>The first look at the node is not over "
                  "yet.</p></div>\n<div id=\"report\" tabindex=\"-1\"></div>\n</main>\n",
                  context);
}

}  // namespace caliwatch
