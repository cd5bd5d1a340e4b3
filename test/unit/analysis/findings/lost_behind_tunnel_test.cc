// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/lost_behind_tunnel.h"

#include "test/support/catch.h"
#include "test/support/real_node.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

BirdRoute Refused(absl::string_view destination) {
  BirdRoute route;
  route.destination = *Prefix::Parse(destination);
  route.protocol = "Mesh_10_9_0_13";
  route.best = route.kernel_refused = true;
  return route;
}

// With what BIRD says of its routes while tunl0 is down, and what is remembered.
struct Broken {
  explicit Broken(std::vector<BirdRoute> routes) : table(std::move(routes)) {
    SwitchOff(node, "tunl0");
    before.birds[Family::kIpv4].table = &table;
  }
  std::vector<std::string> Lost(absl::string_view tunnel) const {
    const std::vector<Thing> things = LostBehindTunnel({node, birds, derived, before}, tunnel, Family::kIpv4);
    std::vector<std::string> texts;
    texts.reserve(things.size());
    for (const Thing& thing : things) texts.push_back(ThingText(thing));
    return texts;
  }

  Table<BirdRoute> table;
  Snapshot node = RealNode("ipip-healthy-n1");
  PerFamily<BirdView> birds = ViewBirds(node);
  Derived derived = Derive(node);
  Recollection before;
};

TEST_CASE("routes that the kernel refuses for nothing, and gateways that are missed, are behind tunl0") {
  Broken broken({Refused("10.48.98.0/26")});
  broken.before.birds[Family::kIpv4].missing_routes = {
      {*Prefix::Parse("10.48.217.0/26"), *IpAddress::Parse("10.9.0.12")}};
  CHECK(broken.Lost("tunl0") == std::vector<std::string>{"tunl0", "10.9.0.12", "10.48.98.0/26"});
  CHECK(broken.Lost("vxlan.calico") == std::vector<std::string>{"vxlan.calico", "10.9.0.12"});
}

TEST_CASE("what something else is in the place of, or BIRD does not want there, is not") {
  Broken broken({Refused("10.48.98.0/26"), Refused("0.0.0.0/0"), Refused("10.9.0.0/24")});
  SECTION("not best") { broken.table->front().best = false; }
  SECTION("taken") { broken.table->front().kernel_refused = false; }
  SECTION("a blackhole") { broken.table->front().type = BirdRouteType::kBlackhole; }
  SECTION("BIRD was not asked") { broken.table = absl::NotFoundError("not asked for"); }
  CHECK(broken.Lost("tunl0") == std::vector<std::string>{"tunl0"});
}

}  // namespace
}  // namespace caliwatch
