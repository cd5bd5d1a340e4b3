// SPDX-License-Identifier: Apache-2.0
#include <linux/if_addr.h>

#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

constexpr int kEth0 = 2;

JudgedTexts Run(const Snapshot& node) { return JudgeBy("router_advertisements_ignored", node); }

Route DefaultOfRouter() {
  Route route = BlockRoute("::/0", "fe80::1");
  route.protocol = RTPROT_RA;
  route.metric = 1024;
  route.expires = Lifetime{1500};
  return route;
}

// eth0 has its IPv6 from a router, and forwards.
Snapshot Advertised(int accept_ra = 1) {
  Snapshot node = HealthyNode();
  Link& eth0 = LinkNamed(node, "eth0");
  eth0.ipv6_forwarding = 1;
  eth0.accept_ra = accept_ra;
  AddRoute(node, DefaultOfRouter());
  return node;
}

TEST_CASE("a default route of a router's that is not renewed ends, and is found before") {
  CHECK(*Run(Advertised()) ==
        std::vector<FindingText>{
            {"eth0",
             "IPv6 of this interface comes from a router's advertisements, and since it forwards, the kernel ignores "
             "them (accept_ra is 1): the default route ends in 1500 s",
             "sysctl -w net/ipv6/conf/eth0/accept_ra=2; the router's next advertisement brings all back. Keep it: "
             "net.ipv6.conf.eth0.accept_ra = 2 below /etc/sysctl.d.",
             {"eth0"}}});
}

TEST_CASE("of several routes of a router's the default one is told, or else the first") {
  Snapshot node = Advertised();
  for (const char* network : {"2001:db8:1::/64", "2001:db8:2::/64"}) {
    Route route = DefaultOfRouter();
    route.destination = *Prefix::Parse(network);
    AddRoute(node, route);
  }
  CHECK(Run(node)->front().detail.ends_with("the default route ends in 1500 s"));
  std::erase_if(*node.routes, [](const Route& route) { return route.destination == *Prefix::Parse("::/0"); });
  CHECK(Run(node)->front().detail.ends_with("the route to 2001:db8:1::/64 ends in 1500 s"));
}

TEST_CASE("it is well where advertisements are taken") {
  CHECK(Run(Advertised(2))->empty());  // by the kernel
  CHECK(Run(Advertised(0))->empty());  // by networkd or NetworkManager
  Snapshot node = Advertised();
  LinkNamed(node, "eth0").ipv6_forwarding = 0;
  CHECK(Run(node)->empty());
}

TEST_CASE("an interface that has nothing of a router's misses nothing, as on a node of IPv4 alone") {
  Snapshot node = Advertised();
  SECTION("no route") {
    std::erase_if(*node.routes, [](const Route& route) { return route.protocol == RTPROT_RA; });
  }
  SECTION("a route that stays") {
    for (Route& route : *node.routes) route.expires = Lifetime();
  }
  SECTION("a route of another interface") {
    for (Route& route : *node.routes)
      if (route.protocol == RTPROT_RA) route.link = 77;
  }
  SECTION("an address that was leased") {
    std::erase_if(*node.routes, [](const Route& route) { return route.protocol == RTPROT_RA; });
    node.addresses->push_back({*IpAddress::Parse("2001:db8::7"), 64, RT_SCOPE_UNIVERSE, 0, kEth0, {3600}, {1800}});
  }
  CHECK(Run(node)->empty());
}

TEST_CASE("when the routes are gone already, an address that the kernel made still tells of the router") {
  Snapshot node = Advertised();
  std::erase_if(*node.routes, [](const Route& route) { return route.protocol == RTPROT_RA; });
  Address own{*IpAddress::Parse("2001:db8::ecee:eeff:feee:eeee"), 64, RT_SCOPE_UNIVERSE, 0, kEth0, {3600}, {1800}};
  SECTION("of the hardware address") {}
  SECTION("of a secret") {
    own.address = *IpAddress::Parse("2001:db8::1234");
    own.flags = IFA_F_STABLE_PRIVACY;
  }
  node.addresses->push_back(own);
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().detail.find("there is no route of a router's any more, and the address " +
                                       own.address.ToString() + " ends in 3600 s") != std::string::npos);
}

TEST_CASE("what the kernel did not make of an advertisement tells of no router") {
  Snapshot node = Advertised();
  std::erase_if(*node.routes, [](const Route& route) { return route.protocol == RTPROT_RA; });
  Address own{*IpAddress::Parse("2001:db8::ecee:eeff:feee:eeee"), 64, RT_SCOPE_UNIVERSE, 0, kEth0, {3600}, {1800}};
  SECTION("an address that stays") { own.valid = Lifetime(); }
  SECTION("a link-local one") { own.scope = RT_SCOPE_LINK; }
  SECTION("one of a lease") { own.prefix_length = 128; }
  SECTION("one of an interface that has no hardware address now") { LinkNamed(node, "eth0").mac.reset(); }
  node.addresses->push_back(own);
  CHECK(Run(node)->empty());
}

TEST_CASE("workloads' interfaces are Felix' to set") {
  Snapshot node = Advertised();
  for (Route& route : *node.routes)
    if (route.protocol == RTPROT_RA) route.link = 5;
  LinkNamed(node, "cali12ab34cd56e").ipv6_forwarding = 1;
  LinkNamed(node, "cali12ab34cd56e").accept_ra = 1;
  CHECK(Run(node)->empty());
}

TEST_CASE("while a table is missing, it is unknown") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = Advertised();
  SECTION("links") { node.links = gone; }
  SECTION("routes") { node.routes = gone; }
  SECTION("addresses") { node.addresses = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
