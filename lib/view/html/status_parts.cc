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

// Of one family, so that those of both are in sight together. More peers, and those that are up are folded away; of
// nodes those behind the first.
constexpr size_t kPeersAtOnce = 8, kDownPeersAtOnce = 20, kNodesAtOnce = 6;
constexpr size_t kNodes = 500, kPeers = 500;

const std::vector<std::string> kPagePeerHeads = {"PEER", "STATE", ">ROUTES", ">IN KERNEL"};
const std::vector<std::string> kPageNodeHeads = {"NODE", "WAY", "BLOCKS", "ROUTES BY"};

// Below a peer's address: why it is not up, what it is where it is none of the mesh, how it is described.
std::string AboutPeer(const PeerReport& report, const std::string& cause) {
  const BgpPeer& peer = report.peer;
  std::vector<std::string> parts;
  if (!cause.empty()) parts.push_back(cause);
  if (peer.kind != PeerKind::kMesh) parts.push_back(absl::StrCat("peer of kind ", ToString(peer.kind)));
  if (const std::string said = GivenName(peer); !said.empty()) parts.push_back(absl::StrCat("described as: ", said));
  return absl::StrJoin(parts, "; ");
}

HtmlRow PeerRow(const PeerReport& peer, bool is_old, absl::Time now) {
  const std::vector<std::string> words = PeerCells(peer, now);
  const std::string& name = words[0];
  const std::string& state = words[2];
  const std::string& age = words[3];
  const std::string& routes = words[4];
  const std::string& in_kernel = words[5];
  const std::string& cause = words[6];
  // Of an old one nobody knows for how long it has been so by now.
  return {{{name, AboutPeer(peer, cause)},
           is_old ? absl::StrCat("was ", state) : absl::StrCat(state, ", ", age),
           routes,
           in_kernel},
          is_old             ? "old"
          : peer.peer.IsUp() ? ""
                             : "bad"};
}

// "197 that are up", "180 more that are down, and 20 that are up".
std::string FoldedPeersText(size_t all, size_t down, bool is_old) {
  const absl::string_view are = is_old ? "were" : "are";
  const size_t up = all - down;
  if (down == 0) return absl::StrCat(up, " that ", are, " up");
  return absl::StrCat(down, " more that ", are, " down",
                      up == 0 ? "" : absl::StrCat(", and ", up, " that ", are, " up"));
}

std::string FamilyPeers(const Report& report, Family family) {
  const std::vector<const PeerReport*> peers = PeersByImportance(report, family);
  if (peers.empty()) return "";
  std::vector<HtmlRow> shown, folded;
  const bool is_old = report.birds[family].read_before().has_value();
  size_t folded_down = 0, left_out = 0;
  for (const PeerReport* peer : peers) {
    const bool is_up = peer->peer.IsUp();
    const bool at_once = peers.size() <= kPeersAtOnce || (!is_up && shown.size() < kDownPeersAtOnce);
    folded_down += !at_once && !is_up;
    if (shown.size() + folded.size() == kPeers)
      ++left_out;
    else
      (at_once ? shown : folded).push_back(PeerRow(*peer, is_old, report.taken_at));
  }
  const std::string title = PeersTitle(report, peers, family);
  std::string html =
      shown.empty() ? absl::StrCat("<p><b>", title, "</b></p>\n") : HtmlTable(title, kPagePeerHeads, shown);
  if (folded.empty()) return html;
  const std::string others = HtmlTable(absl::StrCat("The other peers, ", TitleOf(family)), kPagePeerHeads, folded);
  return absl::StrCat(
      html, HtmlDetails(
                absl::StrCat("up-", ToString(family)), FoldedPeersText(folded.size() + left_out, folded_down, is_old),
                left_out == 0 ? others : absl::StrCat(others, "<p>and ", left_out, " more: the JSON has them</p>\n")));
}

HtmlRow NodeRow(const RemoteNode& node) {
  const std::vector<std::string> words = NodeCells(node);
  return {{{words[0], node.IsComplete() ? "" : words[1]}, words[2], words[4], words[3]},
          node.IsComplete() ? "" : "bad"};
}

// Those of [first, end).
std::vector<HtmlRow> NodeRows(const std::vector<const RemoteNode*>& nodes, size_t first, size_t end) {
  std::vector<HtmlRow> rows;
  rows.reserve(end - first);
  for (size_t i = first; i < end; ++i) rows.push_back(NodeRow(*nodes[i]));
  return rows;
}

std::string FamilyNodes(const Report& report, Family family) {
  const std::vector<const RemoteNode*> nodes = NodesByImportance(report, family);
  if (nodes.empty()) return "";
  const size_t shown = std::min(nodes.size(), kNodesAtOnce), all = std::min(nodes.size(), kNodes);
  std::string html = HtmlTable(NodesTitle(report, nodes, family), kPageNodeHeads, NodeRows(nodes, 0, shown));
  if (shown == nodes.size()) return html;
  const std::string left_out = NodesLeftOutText(nodes, all);
  return absl::StrCat(html, HtmlDetails(absl::StrCat("nodes-", ToString(family)), NodesLeftOutText(nodes, shown),
                                        absl::StrCat(HtmlTable(absl::StrCat("The others, ", TitleOf(family)),
                                                               kPageNodeHeads, NodeRows(nodes, shown, all)),
                                                     left_out.empty() ? "" : absl::StrCat("<p>", left_out, "</p>\n"))));
}

}  // namespace

std::string PeersHtml(const Report& report) {
  std::string html;
  for (const Family family : kFamilies) absl::StrAppend(&html, FamilyPeers(report, family));
  return html.empty() ? "" : HtmlSection("peers", "BGP peers", html, HtmlHead::kUnseen);
}

std::string NodesHtml(const Report& report) {
  std::string html;
  if (const absl::Status& status = report.remote_nodes.status(); !status.ok())
    html = absl::StrCat("<p>Unknown: ", Html(status.message()), "</p>\n");
  for (const Family family : kFamilies) absl::StrAppend(&html, FamilyNodes(report, family));
  const HtmlHead head = report.remote_nodes.ok() ? HtmlHead::kUnseen : HtmlHead::kSeen;
  return html.empty() ? "" : HtmlSection("nodes", "Other nodes", html, head);
}

std::string WatchedRoutesHtml(const Report& report) {
  const auto& routes = report.watched_routes;
  if (!routes.ok())
    return HtmlSection("watched", "Watched routes",
                       absl::StrCat("<p>Unknown: ", Html(routes.status().message()), "</p>\n"));
  if (routes->empty()) return "";
  std::vector<HtmlRow> rows;
  rows.reserve(routes->size());
  for (const WatchedRoute& route : *routes) {
    const std::vector<std::string> cells = WatchedCells(route, report.taken_at);
    rows.push_back({{cells.begin(), cells.end()}, route.present ? "" : "bad"});
  }
  return HtmlSection("watched", "Watched routes", HtmlTable(WatchedTitle(*routes), kWatchedHeads, rows));
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
