// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/block_claims.h"

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

const char* const kFirst = "10.39.1.219";
const char* const kSecond = "10.39.1.36";

BirdRoute Announced(absl::string_view destination, absl::string_view by) {
  BirdRoute route;
  route.destination = *Prefix::Parse(destination);
  route.protocol = MeshPeer(by).name;
  route.next_hops = {{*IpAddress::Parse(by), "eth0"}};
  return route;
}

BirdRoute Own(absl::string_view destination) {
  BirdRoute route;
  route.destination = *Prefix::Parse(destination);
  route.protocol = "static1";
  route.type = BirdRouteType::kBlackhole;
  return route;
}

const std::vector<BgpPeer>& PeersOf(const Snapshot& node) { return *node.birds[Family::kIpv4].peers; }

TEST_CASE("a destination of a block's size is shared by all who announce it, this node included") {
  const Snapshot node = HealthyNode();
  const IpAddress first = *IpAddress::Parse(kFirst), second = *IpAddress::Parse(kSecond);
  CHECK(SharedDestinations(
            {Announced("192.168.77.0/26", kFirst), Announced("192.168.77.0/26", kSecond), Own("192.168.231.0/26"),
             Announced("192.168.231.0/26", kSecond), Announced("192.168.36.0/26", kSecond)},
            PeersOf(node)) == std::vector<BlockClaim>{{*Prefix::Parse("192.168.77.0/26"), {first, second}, false},
                                                      {*Prefix::Parse("192.168.231.0/26"), {second}, true}});
}

TEST_CASE(
    "what nodes of other AS numbers pass on is one node's, and of two AS numbers, or this node's own, is shared") {
  const Snapshot node = HealthyNode();
  std::vector<BirdRoute> table = {Announced("192.168.77.0/26", kFirst), Announced("192.168.77.0/26", kSecond)};
  table[0].origin_as = table[1].origin_as = 64777;
  CHECK(SharedDestinations(table, PeersOf(node)).front().passed_on);
  SECTION("two") { table[1].origin_as = 64778; }
  SECTION("one of this node's AS") { table[1].origin_as = 0; }
  SECTION("this node has it, too") { table.push_back(Own("192.168.77.0/26")); }
  CHECK_FALSE(SharedDestinations(table, PeersOf(node)).front().passed_on);
}

TEST_CASE("twice from one peer, as Calico 3.33 announces a block, and what is no block's size, is not shared") {
  const Snapshot node = HealthyNode();
  CHECK(
      SharedDestinations({Announced("192.168.36.0/26", kSecond), Announced("192.168.36.0/26", kSecond)}, PeersOf(node))
          .empty());
  CHECK(SharedDestinations({Own("10.96.0.0/12"), Announced("10.96.0.0/12", kSecond),
                            Announced("198.51.100.7/32", kFirst), Announced("198.51.100.7/32", kSecond)},
                           PeersOf(node))
            .empty());
}

// One poll a second, of a node whose second peer announces `unused` routes that are not the best.
struct Watch {
  bool Poll(uint32_t unused, Table<BirdRoute> answer = absl::NotFoundError("not asked for")) {
    node.boot_time += absl::Seconds(1);
    (*node.birds[Family::kIpv4].peers)[1].routes->imported = 1 + unused;
    claims.Follow(BirdView(node, Family::kIpv4), answer);
    return claims.ask_bird_routes();
  }
  Snapshot node = HealthyNode();
  BlockClaims claims;
};

TEST_CASE("BIRD is asked once for each number of routes that are announced and not used, and not sooner than it may") {
  const std::vector<BirdRoute> table = {Own("192.168.231.0/26"), Announced("192.168.231.0/26", kSecond)};
  Watch watch;
  CHECK_FALSE(watch.Poll(0));
  CHECK(watch.Poll(1));
  CHECK_FALSE(watch.Poll(1, table));
  CHECK(watch.claims.shared().size() == 1);
  CHECK_FALSE(watch.Poll(1));
  CHECK_FALSE(watch.Poll(2));  // it was asked a moment ago
  watch.node.boot_time += absl::Seconds(30);
  CHECK(watch.Poll(2));
  CHECK(watch.claims.shared().size() == 1);  // until it has answered
  CHECK_FALSE(watch.Poll(0));
  CHECK(watch.claims.shared().empty());
}

TEST_CASE("an answer that failed is asked for again, and changes nothing") {
  Watch watch;
  CHECK(watch.Poll(1));
  CHECK_FALSE(watch.Poll(1, absl::UnavailableError("gone")));
  watch.node.boot_time += absl::Seconds(30);
  CHECK(watch.Poll(1));
}

}  // namespace
}  // namespace caliwatch
