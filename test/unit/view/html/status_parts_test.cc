// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/status_parts.h"

#include <string>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "test/support/catch.h"
#include "test/support/judged_nodes.h"

namespace caliwatch {
namespace {

std::vector<BgpPeer>& PeersOf(Snapshot& node) { return *node.bird(Family::kIpv4).peers; }

void TakeDown(BgpPeer& peer) {
  peer.state = ProtocolState::kStart;
  peer.bgp_state = BgpState::kActive;
  peer.bgp_state_text = "Active";
}

TEST_CASE(
    "of many findings, five of each kind are shown and the others folded away, each fold with a name of its own") {
  Snapshot node = HealthyNode();
  for (int i = 0; i < 16; ++i) {
    PeersOf(node).push_back(PeersOf(node).back());
    PeersOf(node).back().name = absl::StrCat("Mesh_10_39_2_", i);
    PeersOf(node).back().address = *IpAddress::Parse(absl::StrCat("10.39.2.", i));
    TakeDown(PeersOf(node).back());
    const bool refused = i % 2 == 0;
    PeersOf(node).back().error = refused ? PeerError{PeerErrorClass::kSocket, "Connection refused"} : PeerError{};
  }
  const Report report = ReportOf(node);
  const std::string html = FindingsHtml(Summarize(report), report.snapshot->taken_at);
  for (const absl::string_view fold :
       {"<details id=\"more-1\"><summary>3 more", "<details id=\"more-2\"><summary>3 more"})
    CHECK(absl::StrContains(html, fold));
}

}  // namespace
}  // namespace caliwatch
