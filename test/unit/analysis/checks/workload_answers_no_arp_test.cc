// SPDX-License-Identifier: Apache-2.0
#include <linux/if_addr.h>

#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("workload_answers_no_arp", node); }

const char* const kAddress = "192.168.231.1";

Snapshot NodeWithSilentPod() {
  Snapshot node = HealthyNode();
  node.neighbors->front() = NeighborEntry(kAddress, 5, NUD_FAILED);
  return node;
}

Route Inside(absl::string_view destination, int link, uint8_t type) {
  Route route = WorkloadRoute(destination, link);
  route.type = type;
  if (type == RTN_LOCAL) route.table = RT_TABLE_LOCAL;
  return route;
}

// Behind cali12ab34cd56e, with its default route by the interface with this index: 2 eth0, 3 net1.
PodNetwork PodWithDefaultBy(int link) {
  PodNetwork pod;
  pod.netns_id = 5;
  pod.links = {WorkloadLink(2, "eth0"), WorkloadLink(3, "net1")};
  pod.routes = {Inside("127.0.0.1", 1, RTN_LOCAL), Inside(kAddress, 2, RTN_LOCAL),
                Inside("0.0.0.0/0", link, RTN_UNICAST)};
  return pod;
}

TEST_CASE("a healthy node's workloads answer") { CHECK(Run(HealthyNode())->empty()); }

TEST_CASE("a workload that does not answer when it is asked for its MAC is found") {
  Snapshot node = NodeWithSilentPod();
  const char* state = GENERATE("failed", "incomplete");
  if (state == std::string("incomplete")) node.neighbors->front().state = NUD_INCOMPLETE;
  CHECK(*Run(node) == std::vector<FindingText>{
                          {kAddress,
                           std::string("pod default/pod-1 at cali12ab34cd56e answers no ARP: the kernel asks for "
                                       "its MAC again and again (") +
                               state + ")",
                           "",
                           {"cali12ab34cd56e"}}});
}

Snapshot NodeWithPodSilentByIpv6() {
  Snapshot node = HealthyNode();
  node.endpoints->front().prefixes.push_back(*Prefix::Parse("fd00::1/128"));
  node.routes->push_back(WorkloadRoute("fd00::1/128", 5));
  node.neighbors->push_back(NeighborEntry("fd00::1", 5, NUD_FAILED));
  node.addresses->push_back({*IpAddress::Parse("fe80::ecee:eeff:feee:eeee"), 64, RT_SCOPE_LINK, 0, 5});
  return node;
}

TEST_CASE("by IPv6 it is neighbor solicitations that stay unanswered") {
  const Snapshot node = NodeWithPodSilentByIpv6();
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().detail.find("answers no neighbor solicitation (NDP)") != std::string::npos);
}

TEST_CASE("a kernel without a link-local address there asks nobody by IPv6, and so finds nobody silent") {
  Snapshot node = NodeWithPodSilentByIpv6();
  SECTION("none at all") { node.addresses->pop_back(); }
  SECTION("at another interface") { node.addresses->back().link = 6; }
  SECTION("one that somebody else has") { node.addresses->back().flags = IFA_F_DADFAILED; }
  CHECK(Run(node)->empty());
  node.neighbors->push_back(NodeWithSilentPod().neighbors->front());
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().subject == kAddress);
}

TEST_CASE("without endpoint-status the route tells whose address it is") {
  Snapshot node = NodeWithSilentPod();
  node.endpoints = absl::NotFoundError("there is no endpoint-status");
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("an entry that failed long ago is nobody's who is asked") {
  Snapshot node = NodeWithSilentPod();
  node.neighbors->front().unchanged = Age{absl::Minutes(2)};
  CHECK(Run(node)->empty());
  node.neighbors->front().unchanged = Age{absl::Seconds(119)};
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("who is asked for in the wrong place, or cannot be asked, is another check's") {
  Snapshot node = NodeWithSilentPod();
  SECTION("at another interface") { node.neighbors->front().link = 6; }
  SECTION("the route leads elsewhere") {
    for (Route& route : *node.routes)
      if (route.link == 5) route.link = 6;
  }
  SECTION("no route") {
    std::erase_if(*node.routes, [](const Route& route) { return route.link == 5; });
  }
  SECTION("down") { node.links->at(1).up = false; }
  SECTION("without carrier") { node.links->at(1).carrier = false; }
  SECTION("an address of nobody here") { node.neighbors->front().address = *IpAddress::Parse("192.168.231.77"); }
  CHECK(Run(node)->empty());
}

TEST_CASE("who looks into the pod sees why") {
  Snapshot node = NodeWithSilentPod();
  const auto detail = [&](PodNetwork pod) {
    node.pods = std::vector<PodNetwork>{std::move(pod)};
    return Run(node)->front().detail;
  };
  CHECK(detail(PodWithDefaultBy(3))
            .find("; the pod's default route leads by net1, not by eth0, so that a strict "
                  "rp_filter in the pod drops what the node asks") != std::string::npos);
  CHECK(detail(PodWithDefaultBy(2)).ends_with("again and again (failed)"));
  PodNetwork without = PodWithDefaultBy(2);
  without.routes.erase(without.routes.begin() + 1);
  CHECK(detail(without).find("; no interface inside the pod has the address") != std::string::npos);
  PodNetwork another = PodWithDefaultBy(3);
  another.netns_id = 6;
  CHECK(detail(another).ends_with("again and again (failed)"));
}

TEST_CASE("what else a pod has for routes is not why it is silent") {
  Snapshot node = NodeWithSilentPod();
  PodNetwork pod = PodWithDefaultBy(2);
  Route other = Inside("0.0.0.0/0", 3, RTN_UNICAST);
  auto place = pod.routes.end();
  SECTION("another default route of the same metric") {}
  SECTION("one of a higher metric, though it comes first") {
    other.metric = 100;
    place = pod.routes.begin();
  }
  SECTION("one of a higher metric") { other.metric = 100; }
  SECTION("another family's") {
    other.destination = *Prefix::Parse("::/0");
    place = pod.routes.begin();
  }
  SECTION("another table's") {
    other.table = 100;
    place = pod.routes.begin();
  }
  SECTION("one that drops") {
    other.type = RTN_UNREACHABLE;
    place = pod.routes.begin();
  }
  SECTION("one to a network") {
    other.destination = *Prefix::Parse("10.40.0.0/16");
    place = pod.routes.begin();
  }
  SECTION("none that leads out") {
    pod.routes.erase(pod.routes.begin() + 2), place = pod.routes.begin(), other.table = 9;
  }
  SECTION("an address at an interface that nobody saw") {
    pod = PodWithDefaultBy(3);
    pod.links.erase(pod.links.begin());
    place = pod.routes.end();
  }
  pod.routes.insert(place, other);
  node.pods = std::vector<PodNetwork>{pod};
  CHECK(Run(node)->front().detail.ends_with("again and again (failed)"));
}

TEST_CASE("a workload whose interface is gone is asked for nowhere") {
  Snapshot node = HealthyNode();
  node.links->erase(node.links->begin() + 1);
  (*node.neighbors)[1].state = NUD_FAILED;
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().subject == "192.168.231.2");
}

TEST_CASE("while a table is missing, it is unknown who answers") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = HealthyNode();
  SECTION("endpoints") { node.endpoints = gone; }
  SECTION("links") { node.links = gone; }
  SECTION("addresses") { node.addresses = gone; }
  SECTION("routes") { node.routes = gone; }
  SECTION("neighbors") { node.neighbors = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
