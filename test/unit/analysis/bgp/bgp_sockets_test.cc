// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/bgp_sockets.h"

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

constexpr TcpState kCloseWait = static_cast<TcpState>(8);  // of no interest to the product, and so without a name there

BgpSocket Socket(TcpState state, uint32_t retransmits = 0) {
  BgpSocket socket = SessionWith("10.39.1.36");
  socket.state = state;
  socket.retransmits = retransmits;
  return socket;
}

const BgpSocket* Shown(const std::vector<BgpSocket>& sockets) {
  return SocketsByPeer(sockets).Towards(*IpAddress::Parse("10.39.1.36"));
}

TEST_CASE("of several connections with a peer the one that has come furthest is shown, whichever is listed first") {
  const std::vector<BgpSocket> furthest_first = {Socket(TcpState::kEstablished), Socket(TcpState::kSynReceived),
                                                 Socket(TcpState::kSynSent), Socket(kCloseWait)};
  for (size_t better = 0; better < furthest_first.size(); ++better)
    for (size_t other = better + 1; other < furthest_first.size(); ++other) {
      const BgpSocket &one = furthest_first[better], &two = furthest_first[other];
      const std::vector<BgpSocket> in_order = {one, two}, reversed = {two, one};
      CHECK(Shown(in_order)->state == one.state);
      CHECK(Shown(reversed)->state == one.state);
    }
}

TEST_CASE("of two that have come as far, the one in more trouble is shown") {
  const std::vector<BgpSocket> sockets = {Socket(TcpState::kSynSent, 1), Socket(TcpState::kSynSent, 4),
                                          Socket(TcpState::kSynSent, 2)};
  CHECK(Shown(sockets)->retransmits == 4);
}

TEST_CASE("what listens, and what is over, is no connection with a peer") {
  for (const TcpState state : {TcpState::kListen, TcpState::kTimeWait, TcpState::kClosed}) {
    const std::vector<BgpSocket> sockets = {Socket(state)};
    CHECK(Shown(sockets) == nullptr);
  }
}

TEST_CASE("a connection is told in the words of ss, and what it waits for") {
  CHECK(SocketText(Socket(TcpState::kSynSent)) == "TCP: SYN_SENT, no answer");
  CHECK(SocketText(Socket(TcpState::kSynSent, 1)) == "TCP: SYN_SENT, sent again 1 time, no answer");
  CHECK(SocketText(Socket(TcpState::kSynReceived, 2)) ==
        "TCP: SYN_RECV, our answer, sent again 2 times, not acknowledged");
  CHECK(SocketText(Socket(TcpState::kEstablished, 3)) == "TCP: established");
  BgpSocket waiting = Socket(TcpState::kEstablished, 3);
  waiting.unacknowledged = 1;
  CHECK(SocketText(waiting) == "TCP: established, data, sent again 3 times, not acknowledged");
  CHECK(SocketText(Socket(kCloseWait)) == "TCP: closing");
}

}  // namespace
}  // namespace caliwatch
