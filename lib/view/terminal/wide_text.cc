// SPDX-License-Identifier: Apache-2.0
#include "lib/view/terminal/wide_text.h"

#include <string>
#include <vector>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>

#include "lib/view/node_words.h"
#include "lib/view/terminal/text_layout.h"
#include "lib/view/words.h"

namespace caliwatch {
namespace {

using Row = std::vector<std::string>;

const Row kPeerMoreHeads = {"PEER",  "PROTOCOL",  ">AS",        "SINCE",      "SPOKEN TO FROM",
                            ">LOST", ">EXPORTED", ">PREFERRED", "LAST ERROR", "DESCRIPTION"};
const Row kNodeMoreHeads = {"NODE", "INTERFACE", "PROTOCOL", ">BLOCKS", ">ADDRESSES", "FIRST BLOCKS"};
const Row kSourceHeads = {"SOURCE", "LAST READ", ">TOOK", "ERROR"};

std::string OrDash(absl::string_view text) { return text.empty() ? "-" : std::string(text); }

std::string TimeText(absl::Time time) { return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", time, absl::UTCTimeZone()); }

Row PeerMore(const PeerReport& report) {
  const BgpPeer& peer = report.peer;
  return {peer.DisplayName(),
          peer.name,
          peer.remote_as ? absl::StrCat(*peer.remote_as) : "?",
          report.since ? TimeText(*report.since) : "?",
          peer.source_address ? peer.source_address->ToString() : "-",
          absl::StrCat(report.flaps),
          peer.routes ? absl::StrCat(peer.routes->exported) : "-",
          peer.routes ? absl::StrCat(peer.routes->preferred) : "-",
          OrDash(peer.last_error.text),
          OrDash(peer.description)};
}

Row NodeMore(const RemoteNode& node) {
  std::vector<std::string> blocks;
  for (const Prefix& block : node.first_blocks) blocks.push_back(block.ToString());
  return {node.address ? node.address->ToString() : "?",
          OrDash(node.interface),
          OrDash(node.protocol),
          absl::StrCat(node.blocks),
          absl::StrCat(node.hosts),
          OrDash(absl::StrJoin(blocks, " "))};
}

Row SourceRow(const SourceStatus& reading) {
  return {std::string(reading.name), reading.last_good ? TimeText(*reading.last_good) : "never",
          absl::StrFormat("%.1f ms", absl::ToDoubleMilliseconds(reading.took)), OrDash(reading.status.message())};
}

std::string Section(absl::string_view title, const Row& heads, const std::vector<Row>& rows) {
  return rows.empty() ? "" : absl::StrCat("\n", title, "\n", AlignedTable(heads, rows));
}

std::string PeersInFull(const Report& report, Family family) {
  const std::vector<const PeerReport*> peers = PeersByImportance(report, family);
  std::vector<Row> rows;
  rows.reserve(peers.size());
  for (const PeerReport* peer : peers) rows.push_back(PeerMore(*peer));
  return Section(absl::StrCat("In full: ", PeersTitle(report, peers, family)), kPeerMoreHeads, rows);
}

std::string NodesInFull(const Report& report, Family family) {
  const std::vector<const RemoteNode*> nodes = NodesByImportance(report, family);
  std::vector<Row> rows;
  rows.reserve(nodes.size());
  for (const RemoteNode* node : nodes) rows.push_back(NodeMore(*node));
  return Section(absl::StrCat("In full: ", NodesTitle(report, nodes, family)), kNodeMoreHeads, rows);
}

}  // namespace

std::string WideText(const Report& report) {
  std::string text;
  for (const Family family : kFamilies) text += PeersInFull(report, family);
  for (const Family family : kFamilies) text += NodesInFull(report, family);
  std::vector<Row> sources;
  for (const SourceStatus& reading : report.sources) sources.push_back(SourceRow(reading));
  return text + Section("Sources", kSourceHeads, sources);
}

}  // namespace caliwatch
