// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/status_parts.h"

#include <algorithm>
#include <vector>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/view/finding_words.h"
#include "lib/view/html/html.h"
#include "lib/view/node_words.h"
#include "lib/view/watched_words.h"
#include "lib/view/words.h"

namespace caliwatch {
namespace {

constexpr size_t kPeersAtOnce = 20;  // more, and those that are up are folded away
constexpr size_t kNodesAtOnce = 20;  // of one family; those behind them are folded away
constexpr size_t kNodes = 500;

std::string ListItem(const CauseWithEffects& found, absl::Time now) {
  const std::string effects = EffectsText(found);
  return absl::StrCat("<li>", Html(FindingText(found, now)),
                      effects.empty() ? "" : absl::StrCat("<br><span class=\"quiet\">", Html(effects), "</span>"),
                      "</li>\n");
}

// `number`: of the group on the page.
std::string CommandsHtml(const std::vector<Command>& commands, size_t number) {
  std::string html;
  size_t count = 0;
  for (const Command& command : commands) {
    const std::string place = PlaceText(command), id = absl::StrCat("copy-", number, "-", ++count);
    std::string note;
    if (command.changes || !place.empty())
      note = absl::StrCat("<span class=\"", command.changes ? "warning" : "quiet", "\">",
                          command.changes ? "changes something" : "", command.changes && !place.empty() ? "; " : "",
                          Html(place), "</span>");
    absl::StrAppend(&html, HtmlCommand(command.line, id, note));
  }
  return html;
}

// `number`: of the group on the page.
std::string GroupHtml(const FindingGroup& group, size_t number, absl::Time now) {
  const absl::string_view severity = ToString(group.check->severity);
  std::string shown, folded;
  for (size_t i = 0; i < group.findings.size(); ++i)
    absl::StrAppend(i < kFindingsAtOnce ? &shown : &folded, ListItem(*group.findings[i], now));
  return absl::StrCat(
      "<article><h3><span class=\"severity ", severity, "\">", severity, "</span>", Html(HeadlineText(group)),
      "</h3>\n<ul>\n", shown, "</ul>\n",
      folded.empty()
          ? ""
          : HtmlDetails(absl::StrCat("more-", number), absl::StrCat(group.findings.size() - kFindingsAtOnce, " more"),
                        absl::StrCat("<ul>\n", folded, "</ul>\n")),
      group.unlisted == 0 ? "" : absl::StrCat("<p>", UnlistedText(group), "</p>\n"),
      "<p>What it breaks: ", Html(group.impact()), "</p>\n<p><strong>What to do:</strong> ", Html(group.remedy),
      "</p>\n", CommandsHtml(CommandsOf(group), number), "<p class=\"quiet\">Check ", group.check->name, ": ",
      Html(group.check->summary), "</p></article>\n");
}

HtmlRow PeerRow(const PeerReport& peer, bool is_old, absl::Time now) {
  std::vector<std::string> cells = PeerCells(peer, now);
  if (const std::string said = GivenName(peer.peer); !said.empty())
    absl::StrAppend(&cells.back(), cells.back().empty() ? "" : "; ", "described as: ", said);
  return {std::move(cells), is_old ? "old" : peer.peer.IsUp() ? "" : "bad"};
}

std::string FamilyPeers(const Report& report, Family family) {
  const std::vector<const PeerReport*> peers = PeersByImportance(report, family);
  if (peers.empty()) return "";
  std::vector<HtmlRow> shown, folded;
  const bool is_old = report.birds[family].read_before().has_value();
  for (const PeerReport* peer : peers)
    (peers.size() <= kPeersAtOnce || !peer->peer.IsUp() ? shown : folded)
        .push_back(PeerRow(*peer, is_old, report.taken_at));
  const std::string title = PeersTitle(report, peers, family);
  std::string html = shown.empty() ? absl::StrCat("<p>", title, "</p>\n") : HtmlTable(title, kPeerHeads, shown);
  if (!folded.empty())
    absl::StrAppend(&html,
                    HtmlDetails(absl::StrCat("up-", ToString(family)),
                                absl::StrCat(folded.size(), is_old ? " that were up" : " that are up"),
                                HtmlTable(absl::StrCat("Peers that are up, ", TitleOf(family)), kPeerHeads, folded)));
  return html;
}

// Those of [first, end).
std::vector<HtmlRow> NodeRows(const std::vector<const RemoteNode*>& nodes, size_t first, size_t end) {
  std::vector<HtmlRow> rows;
  rows.reserve(end - first);
  for (size_t i = first; i < end; ++i) rows.push_back({NodeCells(*nodes[i]), nodes[i]->IsComplete() ? "" : "bad"});
  return rows;
}

std::string FamilyNodes(const Report& report, Family family) {
  const std::vector<const RemoteNode*> nodes = NodesByImportance(report, family);
  if (nodes.empty()) return "";
  const size_t shown = std::min(nodes.size(), kNodesAtOnce), all = std::min(nodes.size(), kNodes);
  std::string html = HtmlTable(NodesTitle(nodes, family), kNodeHeads, NodeRows(nodes, 0, shown));
  if (shown == nodes.size()) return html;
  const std::string left_out = NodesLeftOutText(nodes, all);
  return absl::StrCat(html, HtmlDetails(absl::StrCat("nodes-", ToString(family)), NodesLeftOutText(nodes, shown),
                                        absl::StrCat(HtmlTable(absl::StrCat("The others, ", TitleOf(family)),
                                                               kNodeHeads, NodeRows(nodes, shown, all)),
                                                     left_out.empty() ? "" : absl::StrCat("<p>", left_out, "</p>\n"))));
}

}  // namespace

std::string FindingsHtml(const Summary& summary, absl::Time now) {
  std::string html;
  size_t number = 0;
  for (const FindingGroup& group : summary.groups) absl::StrAppend(&html, GroupHtml(group, ++number, now));
  return html.empty() ? "" : HtmlSection("findings", "Findings", html);
}

std::string PeersHtml(const Report& report) {
  std::string html;
  for (const Family family : kFamilies) absl::StrAppend(&html, FamilyPeers(report, family));
  return html.empty() ? "" : HtmlSection("peers", "BGP peers", html);
}

std::string NodesHtml(const Report& report) {
  std::string html;
  if (const absl::Status& status = report.remote_nodes.status(); !status.ok())
    html = absl::StrCat("<p>Unknown: ", Html(status.message()), "</p>\n");
  for (const Family family : kFamilies) absl::StrAppend(&html, FamilyNodes(report, family));
  return html.empty() ? "" : HtmlSection("nodes", "Other nodes", html);
}

std::string WatchedRoutesHtml(const Report& report) {
  const auto& routes = report.watched_routes;
  if (!routes.ok())
    return HtmlSection("watched", "Watched routes",
                       absl::StrCat("<p>Unknown: ", Html(routes.status().message()), "</p>\n"));
  if (routes->empty()) return "";
  std::vector<HtmlRow> rows;
  rows.reserve(routes->size());
  for (const WatchedRoute& route : *routes)
    rows.push_back({WatchedCells(route, report.taken_at), route.present ? "" : "bad"});
  return HtmlSection("watched", "Watched routes", HtmlTable(WatchedTitle(*routes), kWatchedHeads, rows));
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

std::string SourcesHtml(const Report& report, const Summary& summary) {
  const absl::Time now = report.taken_at;
  std::vector<HtmlRow> sources;
  const size_t failing = summary.unread.size();
  size_t judged = 0;
  for (const SourceStatus& reading : report.sources) {
    const std::string age = reading.last_good ? AgeText(now - *reading.last_good) : "never";
    sources.push_back(
        {{std::string(reading.name), age, std::string(reading.status.ok() ? "read" : reading.status.message())},
         reading.status.ok() ? "" : "bad"});
  }
  for (const Verdict& verdict : report.verdicts) judged += verdict.judged.ok();
  const std::string title = failing == 0 ? absl::StrCat("All ", sources.size(), " could be read")
                                         : absl::StrCat(failing, " of ", sources.size(), " could not be read");
  std::string html =
      HtmlDetails("all-sources", title, HtmlTable("Sources", {"SOURCE", "LAST READ", "NOW"}, sources), failing != 0);
  absl::StrAppend(&html, "<p>", judged, " of ", report.verdicts.size(),
                  " checks apply to this node and judge it.</p>\n");
  size_t number = 0;
  for (const WaitingChecks& waiting : WaitingByReason(summary))
    absl::StrAppend(&html, HtmlDetails(absl::StrCat("waiting-", ++number), WaitingText(waiting),
                                       absl::StrCat("<p>", absl::StrJoin(waiting.checks, ", "), "</p>\n")));
  return HtmlSection("sources", "What was read", html);
}

}  // namespace caliwatch
