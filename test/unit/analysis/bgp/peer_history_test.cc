// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/peer_history.h"

#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/restarting_node.h"

namespace caliwatch {
namespace {

// Follows the node's first peer.
struct Watch {
  uint64_t Poll() {
    node.journal.birds[Family::kIpv4].complete = true;
    history.Follow(ViewBirds(Look()), node.journal, flaps);
    node.journal = {};
    node.Pass(absl::Seconds(5));
    return flaps.at({Family::kIpv4, node.Peer(0).name});
  }

  // BIRD says whole seconds.
  Snapshot Look() const {
    Snapshot look = node.Look();
    look.birds[Family::kIpv4].status->since_reconfiguration = absl::Floor(node.now - configured, absl::Seconds(1));
    return look;
  }

  RestartingNode node;
  BootTime configured = node.now - absl::Hours(1) - absl::Milliseconds(300);
  PeerHistory history;
  std::map<PeerKey, uint64_t> flaps;
};

RememberedPeers Remembered(const PeerHistory& history) {
  RememberedPeers remembered;
  history.Remember(remembered);
  return remembered;
}

TEST_CASE("every flap between two polls is counted when BIRD's log tells them") {
  Watch watch;
  CHECK(watch.Poll() == 0);
  for (int flap = 0; flap < 3; ++flap) {
    watch.node.Disconnect(0);
    watch.node.Pass(absl::Seconds(1));
    watch.node.Connect(0);
  }
  CHECK(watch.Poll() == 3);
  CHECK(watch.Poll() == 3);
}

TEST_CASE("a flap that a poll sees before the log tells it is counted once") {
  Watch watch;
  watch.Poll();
  watch.node.Disconnect(0);
  const Journal late = std::exchange(watch.node.journal, {});
  CHECK(watch.Poll() == 1);
  watch.node.journal = late;
  CHECK(watch.Poll() == 1);
  watch.node.Connect(0);
  CHECK(watch.Poll() == 1);
  watch.node.Disconnect(0);
  CHECK(watch.Poll() == 2);
}

TEST_CASE("when BIRD logs no states, polls count what they see") {
  Watch watch;
  watch.node.tells_events = false;
  watch.Poll();
  watch.node.Disconnect(0);
  CHECK(watch.Poll() == 1);
  CHECK(watch.Poll() == 1);
  watch.node.Connect(0);
  CHECK(watch.Poll() == 1);
  watch.node.Pass(absl::Minutes(1));
  watch.Poll();
  watch.node.Connect(0);  // again: it was down in between
  CHECK(watch.Poll() == 2);
}

TEST_CASE("what was counted before the agent started is counted on") {
  Watch watch;
  watch.flaps[{Family::kIpv4, watch.node.Peer(0).name}] = 7;
  CHECK(watch.Poll() == 7);
  watch.node.Disconnect(0);
  CHECK(watch.Poll() == 8);
}

TEST_CASE("while BIRD cannot be asked, counts stay; a peer that is removed takes its count along") {
  Watch watch;
  watch.flaps[{Family::kIpv4, watch.node.Peer(0).name}] = 7;
  watch.Poll();
  Snapshot look = watch.node.Look();
  look.birds[Family::kIpv4].peers = absl::UnavailableError("BIRD is dead");
  watch.history.Follow(ViewBirds(look), Journal(), watch.flaps);
  CHECK(watch.Poll() == 7);
  look.birds[Family::kIpv4].peers = std::vector<BgpPeer>{};
  watch.history.Follow(ViewBirds(look), Journal(), watch.flaps);
  CHECK(watch.flaps.empty());
}

TEST_CASE("a history that goes on from another process knows the flaps and the sources of before") {
  Watch watch;
  watch.node.Peer(0).source_address = *IpAddress::Parse("10.39.1.9");
  watch.Poll();
  for (int flap = 0; flap < 3; ++flap) {
    watch.node.Disconnect(0);
    watch.Poll();
    watch.node.Connect(0);
    watch.Poll();
  }
  const auto flapping = watch.history.Flapping(Family::kIpv4, watch.node.now);
  REQUIRE(flapping.size() == 1);
  const RememberedPeers left = Remembered(watch.history);
  const PeerHistory again(left);
  CHECK(again.Flapping(Family::kIpv4, watch.node.now) == flapping);
  CHECK(Remembered(again) == left);
  const BirdStatus status = *watch.Look().birds[Family::kIpv4].status;
  CHECK(again.SourceAddresses(Family::kIpv4, status, watch.node.now) ==
        watch.history.SourceAddresses(Family::kIpv4, status, watch.node.now));
  CHECK(again.SourceAddresses(Family::kIpv4, status, watch.node.now).size() == 1);
  BirdStatus configured_anew = status;
  configured_anew.since_reconfiguration = absl::Seconds(1);
  CHECK(again.SourceAddresses(Family::kIpv4, configured_anew, watch.node.now).empty());
}

TEST_CASE("what is remembered of a peer does not change while nothing happens") {
  Watch watch;
  watch.node.Peer(0).source_address = *IpAddress::Parse("10.39.1.9");
  watch.Poll();
  const RememberedPeers first = Remembered(watch.history);
  CHECK(first.size() == 1);
  for (int poll = 0; poll < 20; ++poll) {
    watch.Poll();
    watch.node.Pass(absl::Milliseconds(70 * poll));
    CHECK(Remembered(watch.history) == first);
  }
}

TEST_CASE("what is remembered is brought up to date in place: what there is nothing more to say of is forgotten") {
  Watch watch;
  const IpAddress source = *IpAddress::Parse("10.39.1.9");
  for (size_t peer : {0, 1}) watch.node.Peer(peer).source_address = source;
  watch.Poll();
  RememberedPeers remembered;
  remembered[{Family::kIpv4, "AAA"}] = remembered[{Family::kIpv6, "ZZZ"}] = {};
  watch.history.Remember(remembered);
  CHECK(remembered.size() == 2);
  CHECK(remembered == Remembered(watch.history));
  CHECK(remembered.begin()->second.source == source);

  watch.node.Disconnect(0);
  watch.Poll();
  watch.history.Remember(remembered);
  CHECK(remembered.begin()->second.recent_flaps.size() == 1);
  watch.node.Pass(absl::Minutes(20));
  watch.Poll();
  watch.history.Remember(remembered);
  CHECK(remembered.begin()->second.recent_flaps.empty());
  CHECK(remembered == Remembered(watch.history));
}

TEST_CASE("the node's own address is the one that most sessions come from, also once they are down") {
  const IpAddress own = *IpAddress::Parse("10.39.1.9"), other = *IpAddress::Parse("10.39.1.8");
  PeerHistory history;
  std::map<PeerKey, uint64_t> flaps;
  Snapshot node = HealthyNode();
  std::vector<BgpPeer>& peers = *node.birds[Family::kIpv4].peers;
  peers.push_back(peers.back());
  peers.back().name = "Global_10_39_1_7";
  for (size_t i = 0; i < peers.size(); ++i) peers[i].source_address = i == 0 ? other : own;
  CHECK_FALSE(history.LocalAddress(Family::kIpv4));
  history.Follow(ViewBirds(node), {}, flaps);
  CHECK(history.LocalAddress(Family::kIpv4) == own);
  for (BgpPeer& peer : peers) peer.source_address.reset();
  history.Follow(ViewBirds(node), {}, flaps);
  CHECK(history.LocalAddress(Family::kIpv4) == own);
  CHECK_FALSE(history.LocalAddress(Family::kIpv6));
}

}  // namespace
}  // namespace caliwatch
