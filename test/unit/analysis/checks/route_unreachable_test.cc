// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("route_unreachable", node); }

const char* const kBlock = "192.168.36.0/26";

BirdRoute OfBird(absl::string_view destination, absl::string_view protocol, BirdRouteType type) {
  BirdRoute route;
  route.destination = *Prefix::Parse(destination);
  route.protocol = std::string(protocol);
  route.type = type;
  route.best = true;
  return route;
}

// The block of 10.39.1.36, which BIRD has, and cannot resolve.
BirdRoute Unresolved(absl::string_view destination = kBlock) {
  BirdRoute route = OfBird(destination, MeshPeer("10.39.1.36").name, BirdRouteType::kUnreachable);
  route.learned_from = *IpAddress::Parse("10.39.1.36");
  return route;
}

Snapshot NodeWithUnreachableBlock() {
  Snapshot node = HealthyNode();
  for (Route& route : *node.routes)
    if (route.destination == *Prefix::Parse(kBlock)) {
      route.type = RTN_UNREACHABLE;
      route.gateway.reset();
      route.link = 0;
    }
  return node;
}

Snapshot Asked(std::vector<BirdRoute> table) {
  Snapshot node = NodeWithUnreachableBlock();
  node.birds[Family::kIpv4].routes = std::move(table);
  return node;
}

TEST_CASE("a node whose routes all lead somewhere has nothing unreachable, and a blackhole of its own is right") {
  CHECK(Run(HealthyNode())->empty());
}

TEST_CASE("without BIRD's table it is known that a destination is unreachable, and not why") {
  const JudgedTexts found = Run(NodeWithUnreachableBlock());
  REQUIRE(found->size() == 1);
  CHECK(found->front().subject == kBlock);
  CHECK(found->front().detail == "is unreachable, as BIRD knows no usable next hop for it");
  CHECK(found->front().remedy.find("birdcl -s /var/run/calico/bird.ctl show route all 192.168.36.0/26") !=
        std::string::npos);
}

TEST_CASE("while tunl0 is of no use, that may be why") {
  Snapshot node = NodeWithUnreachableBlock();
  node.links->push_back(WorkloadLink(9, "tunl0"));
  node.links->back().up = false;
  CHECK(Run(node)->front().related == std::vector<std::string>{"tunl0"});
  node.links->back().up = true;
  node.addresses->push_back({*IpAddress::Parse("192.168.231.0"), 32, RT_SCOPE_UNIVERSE, 0, 9});
  CHECK(Run(node)->front().related.empty());
}

TEST_CASE("a rack's network that came by BGP hides the way to the node that announces the block") {
  BirdRoute rack = OfBird("10.39.0.0/16", MeshPeer("10.39.1.219").name, BirdRouteType::kUnicast);
  const JudgedTexts found = Run(Asked({Unresolved(), rack}));
  REQUIRE(found->size() == 1);
  CHECK(found->front().detail ==
        "is unreachable: BIRD has it from 10.39.1.36, and cannot resolve its next hop: the way there, 10.39.0.0/16, "
        "was itself learned by BGP, from 10.39.1.219, and BIRD does not resolve one such route by another");
  CHECK(found->front().remedy.find("static route to 10.39.0.0/16") != std::string::npos);
  CHECK(found->front().related == std::vector<std::string>{"10.39.1.36", "10.39.0.0/16"});
}

TEST_CASE("a network that holds the peer that announces it is unreachable, whatever the kernel has of it") {
  const JudgedTexts found = Run(Asked({Unresolved(), Unresolved("10.39.1.0/25")}));
  REQUIRE(found->size() == 2);
  CHECK(found->front().subject == "10.39.1.0/25");
  CHECK(found->front().detail ==
        "is unreachable: BIRD has it from 10.39.1.36, and cannot resolve its next hop: that address lies in this very "
        "network, which was itself learned by BGP");
  CHECK(found->back().detail.find("10.39.1.0/25, was itself learned by BGP, from 10.39.1.36") != std::string::npos);
}

Snapshot NodeThatForgotItsNetwork() {
  Snapshot node = Asked({Unresolved()});
  Route own;
  own.destination = *Prefix::Parse("10.39.1.0/24");
  own.link = 2;
  own.protocol = RTPROT_KERNEL;
  AddRoute(node, own);
  return node;
}

TEST_CASE("a network of the node's own that BIRD has forgotten, and one it never knew, have remedies of their own") {
  CHECK(Run(Asked({Unresolved()}))->front().detail.find("no route there at all") != std::string::npos);
  const Snapshot node = NodeThatForgotItsNetwork();
  CHECK(Run(node)->front().detail.find("it is on 10.39.1.0/24, a network of this node's own") != std::string::npos);
  CHECK(Run(node)->front().remedy.find("restart direct1") != std::string::npos);
}

TEST_CASE("another program's unreachable routes, and other tables', are its own business") {
  Snapshot node = NodeWithUnreachableBlock();
  for (Route& route : *node.routes)
    if (route.type == RTN_UNREACHABLE) route.protocol = RTPROT_STATIC;
  CHECK(Run(node)->empty());
}

TEST_CASE("while routes cannot be read, nobody knows of unreachable ones") {
  Snapshot node = HealthyNode();
  node.routes = absl::UnavailableError("netlink is gone");
  CHECK(absl::IsUnavailable(Run(node).status()));
}

TEST_CASE("BIRD is asked for the route and its next hop, and told to look again at a network that it has forgotten") {
  const auto lines = [](const Snapshot& node) { return LinesBy("route_unreachable", node); };
  REQUIRE(lines(NodeWithUnreachableBlock()).size() == 1);
  CHECK(lines(NodeWithUnreachableBlock())
            .front()
            .ends_with(" -- birdcl -s /var/run/calico/bird.ctl show route all 192.168.36.0/26"));
  BirdRoute rack = OfBird("10.39.0.0/16", MeshPeer("10.39.1.219").name, BirdRouteType::kUnicast);
  const auto hidden = lines(Asked({Unresolved(), rack}));
  REQUIRE(hidden.size() == 3);
  CHECK(hidden[1] == "ip route get 10.39.1.36");
  CHECK(hidden[2] == "calicoctl get ippool -o wide");
  const auto forgotten = lines(NodeThatForgotItsNetwork());
  REQUIRE(forgotten.size() == 1);
  CHECK(forgotten.front().ends_with(" -- birdcl -s /var/run/calico/bird.ctl restart direct1 # changes"));
}

}  // namespace
}  // namespace caliwatch
