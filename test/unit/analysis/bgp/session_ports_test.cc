// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/session_ports.h"

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

using Ports = std::vector<uint16_t>;

// The healthy node whose session with .36 is on another port, which is read only where it is asked for.
struct MovedNode {
  const Ports& Poll(absl::Duration passed = absl::Seconds(5)) {
    node.boot_time += passed;
    Snapshot seen = node;
    const Ports& wanted = ports.wanted();
    std::erase_if(*seen.bgp_sockets, [&](const BgpSocket& socket) {
      return !wanted.empty() && std::find(wanted.begin(), wanted.end(), socket.remote_port) == wanted.end() &&
             socket.local_port != kBgpPort;
    });
    ports.Follow(seen);
    return ports.wanted();
  }

  Snapshot node = HealthyNode();
  SessionPorts ports;
};

TEST_CASE("sessions on the usual port need no search") {
  MovedNode moved;
  for (int poll = 0; poll < 50; ++poll) CHECK(moved.Poll() == Ports{179});
}

TEST_CASE("a session that is up and has no socket is searched for once, and its port is read from then on") {
  MovedNode moved;
  moved.node.bgp_sockets->back().remote_port = 1179;
  CHECK(moved.Poll().empty());
  CHECK(moved.Poll() == Ports{179, 1179});
  for (int poll = 0; poll < 50; ++poll) CHECK(moved.Poll() == Ports{179, 1179});
}

TEST_CASE("a socket that is nowhere is searched for once a minute") {
  MovedNode moved;
  moved.node.bgp_sockets->pop_back();
  int searches = 0;
  for (int poll = 0; poll < 60; ++poll) searches += moved.Poll(absl::Seconds(2)).empty();
  CHECK(searches == 2);
}

TEST_CASE("a session that is down has no socket to search for") {
  MovedNode moved;
  moved.node.bgp_sockets->pop_back();
  for (BgpPeer& peer : *moved.node.birds[Family::kIpv4].peers) peer.bgp_state = BgpState::kActive;
  CHECK(moved.Poll() == Ports{179});
}

}  // namespace
}  // namespace caliwatch
