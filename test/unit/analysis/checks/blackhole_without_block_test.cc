// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node, const Recollection& before = {}) {
  return JudgeBy("blackhole_without_block", node, before);
}

Route Blackhole(absl::string_view destination, uint8_t protocol = RTPROT_BIRD) {
  Route route = BlockRoute(destination, "10.39.1.1");
  route.type = RTN_BLACKHOLE;
  route.protocol = protocol;
  route.gateway.reset();
  route.link = 0;
  return route;
}

Snapshot With(const Route& route) {
  Snapshot node = HealthyNode();
  AddRoute(node, route);
  return node;
}

Recollection Shared(absl::string_view destination) {
  Recollection before;
  before.birds[Family::kIpv4].shared_blocks = {{*Prefix::Parse(destination), {*IpAddress::Parse("10.39.1.36")}, true}};
  return before;
}

TEST_CASE("a node's own blocks are blackholes by right, one without a pod and one of another pool's size included") {
  CHECK(Run(HealthyNode())->empty());
  CHECK(Run(VxlanNode())->empty());
  CHECK(Run(With(Blackhole("192.168.231.64/26")))->empty());
  CHECK(Run(With(Blackhole("10.77.0.0/24", 80)))->empty());
}

TEST_CASE("one that is larger than a block can be, and holds no pod, drops services") {
  const JudgedTexts found = Run(With(Blackhole("10.43.0.0/16")));
  REQUIRE(found->size() == 1);
  CHECK(found->front().subject == "10.43.0.0/16");
  CHECK(found->front().detail.find("has a bird blackhole route that is no block of this node: it is larger than any "
                                   "block of addresses, and no workload of this node is in it") == 0);
  CHECK(found->front().remedy.find("`ip route del blackhole 10.43.0.0/16 proto bird`") != std::string::npos);
}

TEST_CASE("a range of PodCIDRs with the node's pods in it, and an administrator's own blackhole, are meant so") {
  CHECK(Run(With(Blackhole("192.168.0.0/16")))->empty());
  CHECK(Run(With(Blackhole("10.43.0.0/16", RTPROT_STATIC)))->empty());
}

TEST_CASE("one of a block's size is services' where other nodes announce it and no block here has that size") {
  const Snapshot node = With(Blackhole("10.43.7.0/24"));
  CHECK(Run(node)->empty());
  CHECK(Run(node, Shared("10.43.7.0/24"))->size() == 1);
  CHECK(Run(With(Blackhole("10.43.7.0/26")), Shared("10.43.7.0/26"))->empty());  // one block with two owners
}

TEST_CASE("anybody's inside another node's block drops some of its pods") {
  const JudgedTexts found = Run(With(Blackhole("192.168.36.8/29", RTPROT_STATIC)));
  REQUIRE(found->size() == 1);
  CHECK(found->front().detail.find("is inside 192.168.36.0/26, the block of another node (10.39.1.36)") !=
        std::string::npos);
  CHECK(Run(With(Blackhole("192.168.231.8/29", RTPROT_STATIC)))->empty());  // inside this node's own
}

TEST_CASE("of several blackholes those inside are told, up to the first address of the other node's block") {
  Snapshot node = With(Blackhole("192.168.36.0/29", RTPROT_STATIC));
  AddRoute(node, Blackhole("192.168.36.0/26", RTPROT_STATIC));   // as large as the block
  AddRoute(node, Blackhole("192.168.36.64/29", RTPROT_STATIC));  // beside it
  const JudgedTexts found = Run(node);
  REQUIRE(found->size() == 1);
  CHECK(found->front().subject == "192.168.36.0/29");
}

TEST_CASE("what drops nothing, another table's, and one for all that has no route, are no blackholes among blocks") {
  Route route = Blackhole("192.168.36.8/29", RTPROT_STATIC);
  SECTION("a route that leads somewhere") {
    route.type = RTN_UNICAST;
    route.link = 2;
  }
  SECTION("another table's") { route.table = 100; }
  SECTION("for all that has no route") { route.destination = *Prefix::Parse("0.0.0.0/0"); }
  CHECK(Run(With(route))->empty());
}

TEST_CASE("while a table cannot be read, nobody knows of a blackhole whose block it is") {
  Snapshot node = With(Blackhole("10.43.0.0/16"));
  SECTION("routes") { node.routes = absl::UnavailableError("netlink is gone"); }
  SECTION("links") { node.links = absl::UnavailableError("netlink is gone"); }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

TEST_CASE("a blackhole without a block has the line that deletes it, and no other route to the same place") {
  CHECK(LinesBy("blackhole_without_block", With(Blackhole("10.43.0.0/16"))) ==
        std::vector<std::string>{"ip route del blackhole 10.43.0.0/16 proto bird # changes"});
}

}  // namespace
}  // namespace caliwatch
