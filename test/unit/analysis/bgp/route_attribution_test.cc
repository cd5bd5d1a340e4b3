// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/route_attribution.h"

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

BirdRoute BirdsRoute(absl::string_view block, std::string protocol) {
  BirdRoute route;
  route.destination = *Prefix::Parse(block);
  route.protocol = std::move(protocol);
  route.best = true;
  return route;
}

// The healthy node whose one peer, .219, reflects the block of .36.
struct ReflectedNode {
  ReflectedNode() { node.birds[Family::kIpv4].peers->resize(1); }

  void Poll(absl::Duration passed = absl::Seconds(5)) {
    const Table<BirdRoute> nothing = absl::NotFoundError("not asked for");
    node.boot_time += passed;
    const bool answers = attribution.ask_bird_routes();
    asked += answers;
    attribution.Follow(BirdView(node, Family::kIpv4), TallyOf(*node.routes), answers ? table : nothing);
  }
  std::vector<uint32_t> Count() const {
    std::vector<const BgpPeer*> peers;
    for (const BgpPeer& peer : *node.birds[Family::kIpv4].peers) peers.push_back(&peer);
    return attribution.Count(peers, *node.routes, TallyOf(*node.routes));
  }

  Snapshot node = HealthyNode();
  Table<BirdRoute> table = std::vector<BirdRoute>{BirdsRoute("192.168.219.0/26", "Mesh_10_39_1_219"),
                                                  BirdsRoute("192.168.36.0/26", "Mesh_10_39_1_219")};
  RouteAttribution attribution;
  int asked = 0;
};

TEST_CASE("in a full mesh a route came from its gateway, and BIRD need not be asked") {
  ReflectedNode mesh;
  mesh.node.birds[Family::kIpv4].peers = HealthyNode().birds[Family::kIpv4].peers;
  for (int poll = 0; poll < 3; ++poll) mesh.Poll();
  CHECK(mesh.asked == 0);
  CHECK(mesh.Count() == std::vector<uint32_t>{1, 1});
}

TEST_CASE("what a reflector announced for another node came from the reflector, as BIRD's table has it") {
  ReflectedNode reflected;
  reflected.Poll();
  CHECK(reflected.Count() == std::vector<uint32_t>{1});  // until BIRD was asked
  reflected.Poll();
  CHECK(reflected.Count() == std::vector<uint32_t>{2});
  SECTION("which is asked once, as long as nothing changes") {
    for (int poll = 0; poll < 100; ++poll) reflected.Poll();
    CHECK(reflected.asked == 1);
  }
  SECTION("and again when routes come, half a minute apart at most often") {
    for (int poll = 0; poll < 60; ++poll) {
      reflected.node.routes->push_back(BlockRoute("172.16." + std::to_string(poll) + ".0/26", "10.39.1.36"));
      reflected.Poll(absl::Seconds(1));
    }
    CHECK(reflected.asked == 2);
  }
  SECTION("a route that went is not counted, though BIRD still has it") {
    std::erase_if(*reflected.node.routes,
                  [](const Route& route) { return route.gateway == *IpAddress::Parse("10.39.1.36"); });
    CHECK(reflected.Count() == std::vector<uint32_t>{1});
  }
}

TEST_CASE("a BIRD that does not answer, or refuses, is not asked in vain at each poll") {
  ReflectedNode reflected;
  SECTION("silent") {
    reflected.node.birds[Family::kIpv4].status = absl::DeadlineExceededError("silent");
    for (int poll = 0; poll < 10; ++poll) reflected.Poll();
    CHECK(reflected.asked == 0);
  }
  SECTION("refuses its table") {
    reflected.table = absl::DeadlineExceededError("silent");
    for (int poll = 0; poll < 10; ++poll) reflected.Poll();
    CHECK(reflected.asked == 2);
  }
}

}  // namespace
}  // namespace caliwatch
