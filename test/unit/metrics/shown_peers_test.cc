// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/shown_peers.h"

#include <algorithm>
#include <string>
#include <vector>

#include "test/support/catch.h"
#include "test/support/cluster_node.h"
#include "test/support/judged_nodes.h"

namespace caliwatch {
namespace {

using Names = std::vector<std::string>;

Names NamesOf(const std::vector<const PeerReport*>& peers) {
  Names names;
  for (const PeerReport* entry : peers) names.push_back(entry->peer.DisplayName());
  return names;
}

Names Detailed(const Report& report) { return NamesOf(ChoosePeers(report, PeerDetail::kAuto).detailed); }

Names Stated(const Report& report) { return NamesOf(ChoosePeers(report, PeerDetail::kAuto).stated); }

const std::string kFirst = NodeAddress(Family::kIpv4, 1).ToString();

TEST_CASE("of a mesh that is well each peer is listed and none in detail, however many there are") {
  for (const int nodes : {2, 201, 202, 500}) {
    const Report report = ReportOf(MeshNode(nodes));
    const ShownPeers shown = ChoosePeers(report, PeerDetail::kAuto);
    CHECK(static_cast<int>(shown.listed.size()) == nodes - 1);
    CHECK(shown.detailed.empty());
  }
}

TEST_CASE("a peer with a problem is told in detail, from the first on, and no other is") {
  Snapshot node = MeshNode(5);
  BgpPeer& peer = FirstPeer(node);
  Report report;
  SECTION("its session is down") {
    EndSession(peer);
    peer.age = absl::Seconds(75);
    report = ReportOf(node);
  }
  SECTION("its session was lost of late") {
    report = ReportOf(node);
    report.peers.front().lost_lately = true;
  }
  SECTION("it does not answer what TCP sends") {
    (*node.bgp_sockets)[1].retransmits = 1;
    report = ReportOf(node);
  }
  SECTION("a check names it: its hold timer is low") {
    peer.hold_timer->remaining = absl::Seconds(3);
    report = ReportOf(node);
  }
  CHECK(Detailed(report) == Names{kFirst});
  CHECK(Stated(report) == Names{kFirst});
  CHECK(ChoosePeers(report, PeerDetail::kAuto).listed.size() == 4);
}

TEST_CASE("peers of other kinds are always told in detail, those of the mesh beside them are not") {
  Snapshot node = MeshNode(5);
  FirstPeer(node).kind = PeerKind::kGlobal;
  CHECK(Detailed(ReportOf(node)) == Names{kFirst});
}

TEST_CASE("a session that is lost is told in detail until a quarter of an hour after it is back") {
  Snapshot node = MeshNode(3);
  Observer observer;
  const auto poll = [&](absl::Duration later) {
    LetPass(later, node);
    return Detailed(observer.Observe(Seen(node)));
  };
  CHECK(poll(absl::Seconds(5)).empty());
  const BgpPeer well = FirstPeer(node);
  EndSession(FirstPeer(node));
  CHECK(poll(absl::Seconds(5)) == Names{kFirst});
  FirstPeer(node) = well;
  FirstPeer(node).age = absl::ZeroDuration();
  CHECK(poll(absl::Seconds(5)) == Names{kFirst});
  CHECK(poll(absl::Minutes(14)) == Names{kFirst});
  CHECK(poll(absl::Minutes(2)).empty());
}

TEST_CASE("while BIRD has just started, its sessions are down because of that") {
  Snapshot node = MeshNode(5, 4);
  const auto sizes = [&](absl::Duration uptime) {
    node.birds[Family::kIpv4].status->uptime = uptime;
    const Report report = ReportOf(node);
    return std::pair(Stated(report).size(), Detailed(report).size());
  };
  using Sizes = std::pair<size_t, size_t>;
  CHECK(sizes(absl::Seconds(5)) == Sizes(4, 0));
  CHECK(sizes(absl::Seconds(20)) == Sizes(4, 4));  // by then a check names them
  CHECK(sizes(absl::Minutes(10)) == Sizes(4, 4));
}

TEST_CASE("a session that BIRD's recovery holds back has its state told, and no problem") {
  Snapshot node = MeshNode(5, 1);
  BirdStatus& status = *node.birds[Family::kIpv4].status;
  status.uptime = absl::Minutes(2);
  status.recovery = GracefulRestartWait{1, absl::Seconds(120), absl::Seconds(240)};
  for (BgpPeer& peer : *node.birds[Family::kIpv4].peers)
    if (peer.IsUp()) peer.state = ProtocolState::kWait;
  const Report report = ReportOf(node);
  CHECK(Stated(report).size() == 4);
  CHECK(Detailed(report) == Names{NodeAddress(Family::kIpv4, 4).ToString()});
}

TEST_CASE("of a family whose BIRD has not answered lately nothing is shown") {
  Snapshot node = MeshNode(3, 1, true);
  Report report = ReportOf(node);
  CHECK(ChoosePeers(report, PeerDetail::kAuto).listed.size() == 4);
  report.birds[Family::kIpv6].reading->failures = 1;
  CHECK(ChoosePeers(report, PeerDetail::kAuto).listed.size() == 4);
  report.birds[Family::kIpv6].reading->failures = 2;
  CHECK(Detailed(report) == Names{NodeAddress(Family::kIpv4, 2).ToString()});
  CHECK(ChoosePeers(report, PeerDetail::kAuto).listed.size() == 2);
}

TEST_CASE("all, problems and none mean what they say") {
  Snapshot node = MeshNode(5, 1);
  FirstPeer(node).kind = PeerKind::kGlobal;
  const Report report = ReportOf(node);
  const auto sizes = [&](PeerDetail detail) {
    const ShownPeers shown = ChoosePeers(report, detail);
    return std::pair(shown.listed.size(), shown.detailed.size());
  };
  CHECK(sizes(PeerDetail::kAuto) == std::pair<size_t, size_t>(4, 2));
  CHECK(sizes(PeerDetail::kAll) == std::pair<size_t, size_t>(4, 4));
  CHECK(sizes(PeerDetail::kProblems) == std::pair<size_t, size_t>(1, 1));
  CHECK(sizes(PeerDetail::kNone) == std::pair<size_t, size_t>(0, 0));
}

// 500 peers, of which all but `up` are down, the first for longest.
Names ToldOfMany(int up, PeerDetail detail = PeerDetail::kAuto) {
  Snapshot node = MeshNode(501);
  std::vector<BgpPeer>& peers = *node.birds[Family::kIpv4].peers;
  for (int i = 0; i < 500; ++i) {
    peers[i].age = absl::Hours(12) - i * absl::Seconds(20);
    if (i != up) peers[i].bgp_state = BgpState::kIdle;
  }
  Names names = NamesOf(ChoosePeers(ReportOf(node), detail).detailed);
  std::sort(names.begin(), names.end());
  return names;
}

TEST_CASE("no more than 200 peers are told in detail for their problems, those that have them for longest") {
  const Names told = ToldOfMany(499);
  REQUIRE(told.size() == kDetailedPeers);
  CHECK(std::count(told.begin(), told.end(), kFirst) == 1);
  CHECK(std::count(told.begin(), told.end(), NodeAddress(Family::kIpv4, 200).ToString()) == 1);
  CHECK(ToldOfMany(300) == told);  // a short one that comes and goes takes nobody's place
  CHECK(ToldOfMany(300, PeerDetail::kProblems) == told);
}

TEST_CASE("no more than 200 peers of other kinds are told in detail, the same ones whatever their state") {
  Snapshot node = ReflectorNode(501);
  const Names well = Detailed(ReportOf(node));
  CHECK(well.size() == kDetailedPeers);
  const std::string last = node.birds[Family::kIpv4].peers->back().DisplayName();
  CHECK(std::count(well.begin(), well.end(), last) == 0);
  node.birds[Family::kIpv4].peers->back().bgp_state = BgpState::kIdle;
  Names with_problem = Detailed(ReportOf(node));
  CHECK(with_problem.size() == kDetailedPeers + 1);
  std::erase(with_problem, last);
  CHECK(with_problem == well);
}

}  // namespace
}  // namespace caliwatch
