// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/bgp_sockets.h"
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node, HeardSockets heard = {}) {
  return JudgeBy("peer_path_one_way", node, {{}, std::move(heard)});
}

BgpSocket& FirstSession(Snapshot& node) { return (*node.bgp_sockets)[1]; }

// As seed 001 has it at the side that waits.
Snapshot NodeWithHalfOpenSession() {
  Snapshot node = HealthyNode();
  FirstSession(node).state = TcpState::kSynReceived;
  FirstSession(node).retransmits = 3;
  return node;
}

TEST_CASE("sessions that are answered go both ways") { CHECK(Run(HealthyNode())->empty()); }

TEST_CASE("a call that arrives, and whose answer does not, shows that the way there is broken") {
  CHECK(*Run(NodeWithHalfOpenSession()) ==
        std::vector<FindingText>{
            {"10.39.1.219",
             "its attempts to connect arrive here (SYN_RECV), but our answer, sent 4 times, does not "
             "reach it: the path from here to there is broken"}});
}

TEST_CASE("of several calls of one peer the one in most trouble counts") {
  Snapshot node = NodeWithHalfOpenSession();
  BgpSocket young = FirstSession(node);
  young.retransmits = 0;
  node.bgp_sockets->insert(node.bgp_sockets->begin(), young);
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("a session whose peer is heard, and acknowledges nothing, is broken in one direction") {
  Snapshot node = HealthyNode();
  FirstSession(node).retransmits = 2;
  SECTION("while it is not heard either, both directions may be broken") { CHECK(Run(node)->empty()); }
  SECTION("heard") {
    CHECK(Run(node, {FirstSession(node).cookie})->front().detail ==
          "its packets arrive here, but it acknowledges nothing of ours, sent 3 times: the path from here to there is "
          "broken");
  }
}

TEST_CASE("one packet that had to be sent again is no broken path") {
  Snapshot node = NodeWithHalfOpenSession();
  FirstSession(node).retransmits = 1;
  CHECK(Run(node)->empty());
  FirstSession(node).retransmits = 2;
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("strangers that knock on port 179 are no peers") {
  Snapshot node = NodeWithHalfOpenSession();
  FirstSession(node).remote = *IpAddress::Parse("203.0.113.9");
  CHECK(Run(node)->empty());
}

TEST_CASE("while BIRD's queue is full, the kernel itself ignores the ends of handshakes") {
  Snapshot node = NodeWithHalfOpenSession();
  node.bgp_sockets->front().receive_queue = 9;
  CHECK(Run(node)->empty());
  node.bgp_sockets->front().receive_queue = 8;  // one more gets in
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("a socket is heard while it sends again and still receives, until all is acknowledged") {
  SocketHistory history;
  std::vector<BgpSocket> sockets = {SessionWith("10.39.1.219")};
  BgpSocket& socket = sockets[0];
  const auto is_heard = [&] { return history.Follow(sockets).contains(socket.cookie); };
  CHECK_FALSE(is_heard());
  socket.segments_received += 5;
  CHECK_FALSE(is_heard());  // nothing is wrong
  socket.retransmits = 1;
  socket.segments_received += 5;
  CHECK_FALSE(is_heard());  // that may have come in before
  socket.segments_received += 5;
  CHECK(is_heard());
  CHECK(is_heard());                                              // once heard, it stays so
  CHECK(history.Follow(absl::UnavailableError("gone")).empty());  // unknown is not heard
  CHECK(is_heard());
  socket.cookie = 99;  // another socket
  CHECK_FALSE(is_heard());
}

TEST_CASE("without sockets, or without BIRD's peers, a path is unknown; without BIRD there is none") {
  const absl::Status gone = absl::UnavailableError("gone");
  Snapshot node = NodeWithHalfOpenSession();
  SECTION("sockets") {
    node.bgp_sockets = gone;
    CHECK(Run(node).status() == gone);
  }
  SECTION("BIRD is unreadable") {
    node.birds[Family::kIpv4] = {gone, gone, gone};
    CHECK(Run(node).status() == gone);
  }
  SECTION("BIRD is not there") {
    node.birds[Family::kIpv4] = node.birds[Family::kIpv6];
    CHECK(Run(node)->empty());
  }
}

}  // namespace
}  // namespace caliwatch
