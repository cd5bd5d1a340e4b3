// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/config_history.h"

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

const IpAddress kStranger = *IpAddress::Parse("10.39.1.53");

struct Watched {
  Snapshot node = HealthyNode();
  ConfigHistory history;

  void Poll(std::vector<BirdEvent> events, absl::Duration later = absl::Seconds(5)) {
    node.boot_time += later;
    for (BirdEvent& event : events) event.at = node.boot_time;
    history.Follow(BirdView(node, Family::kIpv4), {std::move(events), true});
  }
  void Call(const IpAddress& from, absl::Duration later = absl::Seconds(5)) {
    Poll({{.kind = BirdEventKind::kUnknownCaller, .address = from}}, later);
  }
  std::vector<BgpPeer>& peers() { return *node.birds[Family::kIpv4].peers; }
};

TEST_CASE("a quiet BIRD shows no sign") {
  Watched bird;
  bird.Poll({});
  CHECK(bird.history.Signs() == ConfigSigns{});
}

TEST_CASE("a refused configuration counts until one is taken over, or BIRD starts anew") {
  Watched bird;
  for (const BirdEventKind end : {BirdEventKind::kReconfigured, BirdEventKind::kStarted}) {
    bird.Poll({{.kind = BirdEventKind::kConfigError, .text = "bird.cfg:3:1 syntax error"}});
    bird.Poll({});
    CHECK(bird.history.Signs().refused == "bird.cfg:3:1 syntax error");
    bird.Poll({{.kind = end}});
    CHECK_FALSE(bird.history.Signs().refused);
  }
}

TEST_CASE("somebody unknown who calls for half a minute is told, and for as long as the calls go on") {
  Watched bird;
  bird.Call(kStranger);
  bird.Call(kStranger, absl::Seconds(20));
  CHECK(bird.history.Signs().callers.empty());
  bird.Call(kStranger, absl::Seconds(10));
  CHECK(bird.history.Signs().callers == std::vector<UnknownCaller>{{kStranger, 3, absl::Seconds(30)}});
  bird.Poll({}, absl::Seconds(90));
  CHECK(bird.history.Signs().callers.size() == 1);
  bird.Poll({}, absl::Seconds(1));
  CHECK(bird.history.Signs().callers.empty());
}

TEST_CASE("a caller that has become a peer is unknown no more") {
  Watched bird;
  bird.Call(kStranger);
  bird.Call(kStranger, absl::Seconds(40));
  bird.peers().push_back(MeshPeer("10.39.1.53"));
  bird.Poll({});
  CHECK(bird.history.Signs().callers.empty());
}

TEST_CASE("of many callers only so many are kept") {
  Watched bird;
  for (int round = 0; round < 2; ++round)
    for (uint8_t octet = 1; octet < 200; ++octet) {
      IpAddress address = kStranger;
      address.bytes[3] = octet;
      bird.Call(address, absl::Milliseconds(200));
    }
  CHECK(bird.history.Signs().callers.size() == 64);
}

TEST_CASE("peers that all went at once, two at least, are lost until there is one again") {
  Watched bird;
  bird.Poll({});
  const std::vector<BgpPeer> before = std::exchange(bird.peers(), {});
  bird.Poll({});
  bird.Poll({});
  CHECK(bird.history.Signs().lost_peers == 2);
  bird.peers() = {before.front()};
  bird.Poll({});
  CHECK(bird.history.Signs().lost_peers == 0);
  bird.peers().clear();  // the last other node of a cluster may go
  bird.Poll({});
  CHECK(bird.history.Signs().lost_peers == 0);
}

TEST_CASE("a BIRD that does not answer has lost no peer") {
  Watched bird;
  bird.Poll({});
  bird.node.birds[Family::kIpv4].peers = absl::UnavailableError("gone");
  bird.Poll({});
  CHECK(bird.history.Signs().lost_peers == 0);
}

}  // namespace
}  // namespace caliwatch
