// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("block_announced_by_several_peers", node); }

// BIRD merges what two peers announce alike into one route with two next hops.
Snapshot NodeWithSharedRoute(absl::string_view destination) {
  Snapshot node = HealthyNode();
  Route second = BlockRoute(destination, "10.39.1.36");
  second.hop = 1;
  node.routes->push_back(BlockRoute(destination, "10.39.1.219"));
  node.routes->push_back(second);
  return node;
}

TEST_CASE("blocks with one node each are well") { CHECK(Run(HealthyNode())->empty()); }

TEST_CASE("a block of two nodes is found, with both") {
  CHECK(*Run(NodeWithSharedRoute("192.168.77.0/26")) ==
        std::vector<FindingText>{
            {"192.168.77.0/26",
             "is announced by 2 nodes at once: 10.39.1.219, 10.39.1.36; traffic to its pods is spread "
             "over them",
             "",
             {"10.39.1.36", "10.39.1.219"}}});
}

// What BIRD's table knows of one destination.
JudgedTexts RunClaimed(absl::string_view destination, bool own, const Snapshot& node = HealthyNode()) {
  std::set<IpAddress> peers = {*IpAddress::Parse("10.39.1.36")};
  if (!own) peers.insert(*IpAddress::Parse("10.39.1.219"));
  Recollection before;
  before.birds[Family::kIpv4].shared_blocks = {{*Prefix::Parse(destination), peers, own}};
  return JudgeBy("block_announced_by_several_peers", node, before);
}

TEST_CASE("an owner sees who else announces its block") {
  CHECK(*RunClaimed("192.168.231.0/26", true) ==
        std::vector<FindingText>{{"192.168.231.0/26",
                                  "is a block of this node, and 10.39.1.36 announces it as well: other nodes send "
                                  "traffic to its pods there",
                                  "",
                                  {"10.39.1.36"}}});
}

TEST_CASE("where BIRD keeps one way of two, its table knows both") {
  CHECK(RunClaimed("192.168.219.0/26", false)->front().detail ==
        "is announced by 2 nodes at once: 10.39.1.219, 10.39.1.36; this node sends traffic to its pods to 10.39.1.219 "
        "alone");
}

TEST_CASE("addresses of services, which several announce and the kernel never gets, are no blocks") {
  CHECK(RunClaimed("203.0.113.0/26", true)->empty());
  CHECK(RunClaimed("203.0.113.0/26", false)->empty());
  CHECK(RunClaimed("10.43.7.0/24", true)->empty());
}

TEST_CASE("what is no block of the pool's size may lead to several nodes: services do") {
  CHECK(Run(NodeWithSharedRoute("10.96.0.0/12"))->empty());
  CHECK(Run(NodeWithSharedRoute("198.51.100.7/32"))->empty());
}

TEST_CASE("where this node's blocks are single addresses, those of services look the same") {
  Snapshot node = NodeWithSharedRoute("198.51.100.7/32");
  for (Route& route : *node.routes)
    if (route.type == RTN_BLACKHOLE) route.destination = *Prefix::Parse("192.168.231.1/32");
  CHECK(Run(node)->empty());
}

TEST_CASE("several ways that Felix makes are no announcement, nor is one by a router a node's") {
  Snapshot node = NodeWithSharedRoute("192.168.77.0/26");
  SECTION("Felix") {
    for (Route& route : *node.routes)
      if (route.protocol == RTPROT_BIRD) route.protocol = 80;
  }
  SECTION("a router") { node.routes->back().gateway = *IpAddress::Parse("10.39.1.1"); }
  CHECK(Run(node)->empty());
}

TEST_CASE("a block of another AS that nodes pass on has one owner, whichever way the kernel takes") {
  Recollection before;
  const std::set<IpAddress> peers = {*IpAddress::Parse("10.39.1.36"), *IpAddress::Parse("10.39.1.219")};
  const auto run = [&](bool passed_on) {
    before.birds[Family::kIpv4].shared_blocks = {{*Prefix::Parse("192.168.77.0/26"), peers, false, passed_on}};
    return JudgeBy("block_announced_by_several_peers", NodeWithSharedRoute("192.168.77.0/26"), before);
  };
  CHECK(run(true)->empty());
  CHECK(run(false)->size() == 1);
}

TEST_CASE("next hops that are no nodes of the mesh are somebody else's design") {
  Snapshot node = NodeWithSharedRoute("192.168.77.0/26");
  for (BgpPeer& peer : *node.birds[Family::kIpv4].peers) peer.kind = PeerKind::kGlobal;
  CHECK(Run(node)->empty());
  CHECK(RunClaimed("192.168.231.0/26", true, node)->empty());
}

TEST_CASE("it is unknown while routes or BIRD cannot be read, and does not apply without BIRD") {
  const absl::Status gone = absl::UnavailableError("gone");
  Snapshot node = NodeWithSharedRoute("192.168.77.0/26");
  SECTION("routes") {
    node.routes = gone;
    CHECK(Run(node).status() == gone);
  }
  SECTION("BIRD") {
    node.birds[Family::kIpv4] = {gone, gone, gone};
    CHECK(Run(node).status() == gone);
  }
  SECTION("no BIRD") {
    node.birds[Family::kIpv4] = node.birds[Family::kIpv6];
    CHECK(Run(node)->empty());
  }
}

}  // namespace
}  // namespace caliwatch
