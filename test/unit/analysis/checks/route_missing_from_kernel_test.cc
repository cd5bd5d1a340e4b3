// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("route_missing_from_kernel", node); }

BirdRoute BestRoute(absl::string_view block, absl::string_view gateway) {
  BirdRoute route;
  route.destination = *Prefix::Parse(block);
  route.protocol = MeshPeer(gateway).name;
  route.next_hops = {{*IpAddress::Parse(gateway), "eth0"}};
  route.best = true;
  return route;
}

// A healthy node whose BIRD was asked for its table.
Snapshot Asked() {
  Snapshot node = HealthyNode();
  node.birds[Family::kIpv4].routes =
      std::vector<BirdRoute>{BestRoute("192.168.219.0/26", "10.39.1.219"), BestRoute("192.168.36.0/26", "10.39.1.36")};
  return node;
}

Route& RouteBy(Snapshot& node, absl::string_view gateway) {
  for (Route& route : *node.routes)
    if (route.gateway == *IpAddress::Parse(gateway)) return route;
  throw std::runtime_error("no such route");
}

void RemoveRouteBy(Snapshot& node, absl::string_view gateway) {
  std::erase_if(*node.routes, [&](const Route& route) { return route.gateway == *IpAddress::Parse(gateway); });
}

TEST_CASE("while BIRD and the kernel agree there is nothing to find") {
  CHECK(Run(HealthyNode())->empty());
  CHECK(Run(Asked())->empty());
}

TEST_CASE("a best route of BIRD's that the kernel lacks is found") {
  Snapshot node = Asked();
  RemoveRouteBy(node, "10.39.1.219");
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().subject == "192.168.219.0/26");
  CHECK(Run(node)->front().detail == "BIRD's best route leads to 10.39.1.219, but the kernel has no route");
}

TEST_CASE("a route that BIRD never gave to the kernel, as a filter may have it, is not missing there") {
  Snapshot node = Asked();
  RemoveRouteBy(node, "10.39.1.219");
  node.birds[Family::kIpv4].protocols->front().routes->exported = 2;
  CHECK(Run(node)->empty());
}

TEST_CASE("a route that the kernel refused tells whose is in its place, with or without a gateway, and deletes that") {
  Snapshot node = Asked();
  node.birds[Family::kIpv4].routes->front().kernel_refused = true;
  Route& route = RouteBy(node, "10.39.1.219");
  SECTION("a gateway") {
    route.protocol = RTPROT_STATIC;
    route.gateway = *IpAddress::Parse("10.39.1.99");
    CHECK(Run(node)->front().detail ==
          "BIRD's best route leads to 10.39.1.219, but the kernel refuses it: a static route by 10.39.1.99 on eth0 is "
          "in its place");
    CHECK(Run(node)->front().remedy.find("`ip route del 192.168.219.0/26 via 10.39.1.99 dev eth0 proto static`") !=
          std::string::npos);
  }
  SECTION("none") {
    route.protocol = RTPROT_DHCP;
    route.gateway.reset();
    CHECK(Run(node)->front().detail ==
          "BIRD's best route leads to 10.39.1.219, but the kernel refuses it: a dhcp route on eth0 is in its place");
  }
}

TEST_CASE("where nothing is in a refused route's place, a tunnel in trouble is named and stands above") {
  Snapshot node = Asked();
  node.birds[Family::kIpv4].routes->front().kernel_refused = true;
  RemoveRouteBy(node, "10.39.1.219");
  node.links->push_back(WorkloadLink(9, "tunl0"));
  node.links->back().up = false;
  const JudgedTexts found = Run(node);
  REQUIRE(found->size() == 1);
  CHECK(found->front().detail ==
        "BIRD's best route leads to 10.39.1.219, but the kernel refuses it, and has nothing in its place; tunl0, "
        "which an IPIP pool needs, is down");
  CHECK(found->front().related == std::vector<std::string>{"tunl0"});
  CHECK(found->front().remedy.find("If the pool of this block is IPIP, put tunl0 right first. BIRD tries again") == 0);
}

TEST_CASE("a tunnel in trouble stands above what may be missing on its account, and above nothing else") {
  Snapshot node = Asked();
  node.links->push_back(WorkloadLink(9, "tunl0"));
  node.links->back().up = false;
  SECTION("missing") {
    RemoveRouteBy(node, "10.39.1.219");
    CHECK(Run(node)->front().related == std::vector<std::string>{"tunl0"});
    node.links->back().up = true;
    node.addresses->push_back({*IpAddress::Parse("192.168.231.0"), 32, RT_SCOPE_UNIVERSE, 0, 9});
  }
  SECTION("another gateway") { RouteBy(node, "10.39.1.219").gateway = *IpAddress::Parse("10.39.1.77"); }
  SECTION("something is in its place") {
    node.birds[Family::kIpv4].routes->front().kernel_refused = true;
    RouteBy(node, "10.39.1.219") = WorkloadRoute("192.168.219.0/26", 2);
  }
  CHECK(Run(node)->front().related.empty());
}

TEST_CASE("the host's own route by the same gateway is the same way, and a default route is no block") {
  Snapshot node = Asked();
  BirdRoute& refused = node.birds[Family::kIpv4].routes->front();
  refused.kernel_refused = true;
  SECTION("the same gateway") { RouteBy(node, "10.39.1.219").protocol = RTPROT_STATIC; }
  SECTION("a default route") {
    refused.destination = *Prefix::Parse("0.0.0.0/0");
    Route route = BlockRoute("0.0.0.0/0", "10.39.1.1");
    route.protocol = RTPROT_DHCP;
    node.routes->push_back(route);
  }
  CHECK(Run(node)->empty());
}

TEST_CASE("what WireGuard takes before the kernel looks there may be refused") {
  Snapshot node = Asked();
  node.birds[Family::kIpv4].routes->front().kernel_refused = true;
  RemoveRouteBy(node, "10.39.1.219");
  Link wireguard = WorkloadLink(12, "wireguard.cali");
  wireguard.kind = "wireguard";
  node.links->push_back(wireguard);
  Route encrypted = BlockRoute("192.168.219.0/26", "10.39.1.219");
  encrypted.gateway.reset();
  encrypted.table = 1;
  encrypted.link = 12;
  node.routes->push_back(encrypted);
  CHECK(Run(node)->size() == 1);
  Rule rule;  // as Felix makes it
  rule.priority = 99;
  rule.table = encrypted.table;
  rule.action = 1;
  rule.inverted = true;
  rule.mark = rule.mask = 1 << 20;
  node.rules->push_back(rule);
  CHECK(Run(node)->empty());
}

TEST_CASE("where fewer routes are lacking than BIRD has, and nobody says what its filter keeps, only blocks count") {
  Snapshot node = Asked();
  RemoveRouteBy(node, "10.39.1.219");
  node.birds[Family::kIpv4].routes->push_back(BestRoute("10.96.0.0/12", "10.39.1.36"));
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().subject == "192.168.219.0/26");
  node.birds[Family::kIpv4].protocols->front().routes->exported = 4;
  CHECK(Run(node)->size() == 2);
}

TEST_CASE("a mark that BIRD has not taken back yet is no problem once its route is in the kernel") {
  Snapshot node = Asked();
  node.birds[Family::kIpv4].routes->front().kernel_refused = true;
  CHECK(Run(node)->empty());
}

TEST_CASE("a gateway from before BIRD's restart, as Calico's BIRD keeps it behind tunl0, is found") {
  Snapshot node = Asked();
  RouteBy(node, "10.39.1.219").gateway = *IpAddress::Parse("10.39.1.77");
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().subject == "192.168.219.0/26");
  CHECK(Run(node)->front().detail == "BIRD's best route leads to 10.39.1.219, but the kernel sends to 10.39.1.77");
  CHECK(Run(node)->front().remedy.find("`ip route del 192.168.219.0/26 proto bird`") != std::string::npos);
  CHECK(Run(node)->front().remedy.find("Compare with `birdcl -s /var/run/calico/bird.ctl show route") == 0);
  RouteBy(node, "10.39.1.77").gateway.reset();
  CHECK(Run(node)->front().detail.ends_with("but the kernel sends to no gateway"));
}

TEST_CASE("a tunnel's route leads to the peer itself, though BIRD reaches it by way of a router") {
  Snapshot node = Asked();
  node.birds[Family::kIpv4].routes->front().next_hops = {{*IpAddress::Parse("10.39.1.1"), "eth0"}};
  CHECK(Run(node)->empty());
}

TEST_CASE("a mesh peer next door that BIRD and the kernel both reach by a router is found, with its own remedy") {
  Snapshot node = Asked();
  node.birds[Family::kIpv4].routes->front().next_hops = {{*IpAddress::Parse("10.39.1.1"), "eth0"}};
  RouteBy(node, "10.39.1.219").gateway = *IpAddress::Parse("10.39.1.1");
  Route own;
  own.destination = *Prefix::Parse("10.39.1.0/24");
  own.protocol = RTPROT_KERNEL;
  own.table = RT_TABLE_MAIN;
  CHECK(Run(node)->empty());  // a network between the nodes that is routed
  node.routes->push_back(own);
  const JudgedTexts found = Run(node);
  REQUIRE(found->size() == 1);
  CHECK(found->front().subject == "192.168.219.0/26");
  CHECK(found->front().detail ==
        "BIRD's best route leads to 10.39.1.1, and so does the kernel, but 10.39.1.219, which announces it, is on a "
        "network of this node's own");
  CHECK(found->front().remedy.find("restart direct1") != std::string::npos);

  BirdRoute direct;  // BIRD knows the network: then the peer itself told of that gateway
  direct.destination = own.destination;
  direct.protocol = "direct1";
  direct.best = true;
  node.birds[Family::kIpv4].routes->push_back(direct);
  CHECK(Run(node)->empty());
}

TEST_CASE("the next hop of a route that a router told about may be anyone's") {
  Snapshot node = Asked();
  node.birds[Family::kIpv4].peers->front().kind = PeerKind::kGlobal;
  RouteBy(node, "10.39.1.219").gateway = *IpAddress::Parse("10.39.1.77");
  CHECK(Run(node)->empty());
}

TEST_CASE("a multipath route that has BIRD's gateway among others is as BIRD wants it") {
  Snapshot node = Asked();
  Route other = RouteBy(node, "10.39.1.219");
  other.hop = 1;
  other.gateway = *IpAddress::Parse("10.39.1.36");
  node.routes->push_back(other);
  CHECK(Run(node)->empty());
}

TEST_CASE("what Felix has made in BIRD's place is no problem") {
  Snapshot node = Asked();
  Route& route = RouteBy(node, "10.39.1.219");
  route.protocol = 80;
  route.gateway = *IpAddress::Parse("192.168.219.0");
  CHECK(Run(node)->empty());
}

TEST_CASE("while BIRD recovers it keeps routes back, which is told elsewhere") {
  Snapshot node = Asked();
  RemoveRouteBy(node, "10.39.1.219");
  node.birds[Family::kIpv4].status->recovery = GracefulRestartWait{1, absl::Seconds(10), absl::Seconds(240)};
  CHECK(Run(node)->empty());
}

TEST_CASE("a table that was asked for in vain, or a kernel that cannot be read, leaves it open") {
  Snapshot node = Asked();
  node.birds[Family::kIpv4].routes = absl::DeadlineExceededError("silence");
  CHECK(absl::IsDeadlineExceeded(Run(node).status()));
  node = Asked();
  node.routes = absl::UnavailableError("netlink is gone");
  CHECK(absl::IsUnavailable(Run(node).status()));
}

TEST_CASE("what is to be typed about a route that the kernel lacks depends on why") {
  Snapshot node = Asked();
  const auto lines = [&] { return LinesBy("route_missing_from_kernel", node); };
  SECTION("it is gone") {
    RemoveRouteBy(node, "10.39.1.219");
    REQUIRE(lines().size() == 3);
    CHECK(lines().front() == "ip route show 192.168.219.0/26");
    CHECK(lines().back() ==
          "kubectl delete pods -A -l k8s-app=calico-node --field-selector spec.nodeName=node-231 # changes");
  }
  SECTION("its place is taken") {
    node.birds[Family::kIpv4].routes->front().kernel_refused = true;
    Route& route = RouteBy(node, "10.39.1.219");
    route.protocol = RTPROT_STATIC;
    route.gateway = *IpAddress::Parse("10.39.1.99");
    CHECK(lines() ==
          std::vector<std::string>{"ip route del 192.168.219.0/26 via 10.39.1.99 dev eth0 proto static # changes"});
  }
  SECTION("it leads elsewhere") {
    RouteBy(node, "10.39.1.219").gateway = *IpAddress::Parse("10.39.1.36");
    REQUIRE(lines().size() == 2);
    CHECK(lines().front().ends_with(" -- birdcl -s /var/run/calico/bird.ctl show route for 192.168.219.0"));
    CHECK(lines().back() == "ip route del 192.168.219.0/26 proto bird # changes");
  }
}

}  // namespace
}  // namespace caliwatch
