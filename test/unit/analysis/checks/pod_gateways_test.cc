// SPDX-License-Identifier: Apache-2.0
// The two checks on pods' gateways: pod_gateway_unreachable and pod_gateway_wrong_mac.

#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

constexpr int kPodEth0 = 2;

JudgedTexts Unreachable(const Snapshot& node) { return JudgeBy("pod_gateway_unreachable", node); }
JudgedTexts WrongMac(const Snapshot& node) { return JudgeBy("pod_gateway_wrong_mac", node); }

PodNeighbor GatewayEntry(uint16_t state) {
  PodNeighbor entry{NeighborEntry("169.254.1.1", kPodEth0, state), absl::Seconds(3)};
  entry.mac = MacAddress{0xee, 0xee, 0xee, 0xee, 0xee, 0xee};
  return entry;
}

// The pod behind cali12ab34cd56e, as Calico leaves it.
PodNetwork HealthyPod() {
  PodNetwork pod;
  pod.netns_id = 5;
  Link lo, eth0 = WorkloadLink(kPodEth0, "eth0");
  lo.index = 1;
  lo.name = "lo";
  pod.links = {lo, eth0};
  Route local = WorkloadRoute("192.168.231.1", kPodEth0), loopback = WorkloadRoute("127.0.0.1", 1);
  local.type = loopback.type = RTN_LOCAL;
  local.table = loopback.table = RT_TABLE_LOCAL;
  Route way_out = BlockRoute("0.0.0.0/0", "169.254.1.1");
  way_out.link = kPodEth0;
  pod.routes = {loopback, local, WorkloadRoute("169.254.1.1", kPodEth0), way_out};
  pod.neighbors = {GatewayEntry(NUD_REACHABLE)};
  return pod;
}

Snapshot NodeWith(PodNetwork pod) {
  Snapshot node = HealthyNode();
  node.pods = std::vector<PodNetwork>{std::move(pod)};
  return node;
}

Snapshot NodeWithFailedGateway() {
  PodNetwork pod = HealthyPod();
  pod.neighbors = {GatewayEntry(NUD_FAILED)};
  return NodeWith(pod);
}

TEST_CASE("a pod that knows its gateway, or has never asked for it, is well") {
  PodNetwork pod = HealthyPod();
  SECTION("knows") {}
  SECTION("never asked") { pod.neighbors.clear(); }
  CHECK(Unreachable(NodeWith(pod))->empty());
  CHECK(WrongMac(NodeWith(pod))->empty());
}

TEST_CASE("a gateway that does not answer is told with the pod, its interface and how it looks inside") {
  const JudgedTexts judgement = Unreachable(NodeWithFailedGateway());
  REQUIRE(judgement->size() == 1);
  const FindingText& finding = judgement->front();
  CHECK(finding.subject == "default/pod-1 ipv4");
  CHECK(finding.detail == "the pod behind cali12ab34cd56e gets no answer from its gateway 169.254.1.1 (failed)");
  CHECK(finding.related == std::vector<std::string>{"cali12ab34cd56e", "default/pod-1"});
}

// KubeVirt's bridge binding: the machine has the address, and asks for the gateway itself.
TEST_CASE("a pod whose address is on a dummy, or whose veth is a bridge's port, is none to be judged from inside") {
  PodNetwork pod = HealthyPod();
  pod.routes.pop_back();  // no way out
  REQUIRE(Unreachable(NodeWith(pod))->size() == 1);
  SECTION("dummy") { pod.links.back().kind = "dummy"; }
  SECTION("port of a bridge") { pod.links.back().master = 7; }
  CHECK(Unreachable(NodeWith(pod))->empty());
}

TEST_CASE("where Calico tells no names, the pod goes by its address") {
  Snapshot node = NodeWithFailedGateway();
  node.endpoints = absl::NotFoundError("no endpoint-status");
  CHECK(Unreachable(node)->front().subject == "192.168.231.1 ipv4");
}

TEST_CASE("what keeps the node from answering is named") {
  Snapshot node = NodeWithFailedGateway();
  const auto detail = [&] { return Unreachable(node)->front().detail; };
  SECTION("proxy ARP") {
    node.netconf->front().proxy_neigh = 0;
    CHECK(detail().find("(failed): proxy ARP is off on cali12ab34cd56e") != std::string::npos);
  }
  SECTION("forwarding") {
    node.netconf->front().forwarding = 0;
    CHECK(detail().find("(failed): forwarding is off on cali12ab34cd56e") != std::string::npos);
  }
  SECTION("the way back") {
    for (Route& route : *node.routes)
      if (route.link == 5) route.table = 100;
    CHECK(detail().find("(failed): no route of the node leads back over cali12ab34cd56e") != std::string::npos);
  }
  SECTION("the interface") {
    (*node.links)[1].up = false;
    CHECK(detail().find("(failed): cali12ab34cd56e is down") != std::string::npos);
  }
}

TEST_CASE("where switches or routes cannot be read, none of them is named") {
  Snapshot node = NodeWithFailedGateway();
  SECTION("switches") {
    node.netconf = absl::UnavailableError("netlink is gone");
    std::erase_if(*node.routes, [](const Route& route) { return route.link == 5; });
    CHECK(
        Unreachable(node)->front().detail.ends_with("(failed): no route of the node leads back over cali12ab34cd56e"));
  }
  SECTION("routes") {
    node.routes = absl::UnavailableError("netlink is gone");
    CHECK(Unreachable(node)->front().detail.ends_with("(failed)"));
  }
}

TEST_CASE("an entry that failed long ago belongs to a pod that is idle") {
  Snapshot node = NodeWithFailedGateway();
  node.pods->front().neighbors.front().unchanged_for = absl::Minutes(2);
  CHECK(Unreachable(node)->empty());
}

TEST_CASE("a pod without a default route reaches nothing") {
  PodNetwork pod = HealthyPod();
  pod.routes.pop_back();
  CHECK(Unreachable(NodeWith(pod))->front().detail == "the pod behind cali12ab34cd56e has no ipv4 default route");
}

TEST_CASE("a pod whose default route leads over a network of its own is not Calico's to judge") {
  PodNetwork pod = HealthyPod();
  pod.routes.back().gateway = IpAddress::Parse("198.51.100.1").value();
  CHECK(Unreachable(NodeWith(pod))->empty());
}

TEST_CASE("a pod that was just begun has no address yet, and a namespace of somebody else's no cali interface") {
  PodNetwork pod = HealthyPod();
  pod.neighbors = {GatewayEntry(NUD_FAILED)};
  SECTION("no address") {
    std::erase_if(pod.routes, [](const Route& route) { return route.type == RTN_LOCAL; });
  }
  Snapshot node = NodeWith(pod);
  SECTION("not ours") {
    node.pods->push_back(pod);
    node.pods->front().netns_id = 77;
    node.pods->back().neighbors.clear();
  }
  CHECK(Unreachable(node)->empty());
}

TEST_CASE("a gateway with another hardware address than the veth's end is found") {
  PodNetwork pod = HealthyPod();
  pod.neighbors.front().mac = MacAddress{2, 0, 0, 0, 0, 9};
  CHECK(*WrongMac(NodeWith(pod)) ==
        std::vector<FindingText>{
            {"default/pod-1 ipv4",
             "sends what is for its gateway 169.254.1.1 to 02:00:00:00:00:09, but cali12ab34cd56e has "
             "ee:ee:ee:ee:ee:ee",
             "",
             {"cali12ab34cd56e", "default/pod-1"}}});
  Snapshot node = NodeWith(pod);
  SECTION("not while it fails") { node.pods->front().neighbors.front().state = NUD_FAILED; }
  SECTION("not where an entry has none") { node.pods->front().neighbors.front().mac.reset(); }
  SECTION("not where the veth has none") { (*node.links)[1].mac.reset(); }
  CHECK(WrongMac(node)->empty());
}

TEST_CASE("pods of which none is seen are unknown, with what a container may lack") {
  Snapshot node = NodeWithFailedGateway();
  node.pods->front().netns_id = 77;
  CHECK(absl::IsFailedPrecondition(Unreachable(node).status()));
  CHECK(Unreachable(node).status().message().find("mountPropagation: HostToContainer") != std::string::npos);
  CHECK(absl::IsFailedPrecondition(WrongMac(node).status()));
  node.links->pop_back();  // of a single one it may be chance
  CHECK(Unreachable(node)->empty());
}

TEST_CASE("pods that nobody looks into are not judged; those that cannot be looked into are unknown") {
  for (const absl::Status& status : {absl::NotFoundError("off"), absl::PermissionDeniedError("no SYS_ADMIN")}) {
    Snapshot node = NodeWithFailedGateway();
    node.pods = status;
    CHECK(Unreachable(node).status() == status);
    CHECK(WrongMac(node).status() == status);
  }
  Snapshot node = NodeWithFailedGateway();
  node.links = absl::UnavailableError("netlink is gone");
  CHECK(absl::IsUnavailable(Unreachable(node).status()));
  CHECK(absl::IsUnavailable(WrongMac(node).status()));
}

TEST_CASE("a pod's wrong entry for its gateway is deleted inside the pod, by the name that its interface has there") {
  PodNetwork pod = HealthyPod();
  pod.neighbors.front().mac = MacAddress{2, 0, 0, 0, 0, 9};
  pod.links.back().name = "net0";
  CHECK(LinesBy("pod_gateway_wrong_mac", NodeWith(pod)) ==
        std::vector<std::string>{"nsenter -t \"$(lsns -t net -n -o NETNSID,PID | awk '$1 == 5 { print $2; exit }')\" "
                                 "-n ip neigh del 169.254.1.1 dev net0 # changes"});
}

}  // namespace
}  // namespace caliwatch
