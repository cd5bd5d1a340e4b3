// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>

#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

constexpr int kFirstPod = 5, kSecondPod = 6;

JudgedTexts Run(const Snapshot& node) { return JudgeBy("pod_gateway_unanswered", node); }

Snapshot WithoutDefaultRoute() {
  Snapshot node = HealthyNode();
  std::erase_if(*node.routes, [](const Route& route) { return route.destination.IsDefault(); });
  return node;
}

// Of both families, as Felix and the kernel leave it.
Snapshot DualStackNode() {
  Snapshot node = HealthyNode();
  (*node.endpoints)[0].prefixes.push_back(*Prefix::Parse("fd10::231:1"));
  (*node.endpoints)[1].prefixes.push_back(*Prefix::Parse("fd10::231:2"));
  for (int link : {kFirstPod, kSecondPod})
    node.addresses->push_back({*IpAddress::Parse("fe80::ecee:eeff:feee:eeee"), 64, RT_SCOPE_LINK, 0, link});
  return node;
}

TEST_CASE("a node with a default route answers for its pods' gateway") {
  CHECK(Run(HealthyNode())->empty());
  CHECK(Run(VxlanNode())->empty());
  CHECK(Run(DualStackNode())->empty());
}

TEST_CASE("without a route that covers 169.254.1.1 all pods of IPv4 are cut off, which is one finding") {
  CHECK(*Run(WithoutDefaultRoute()) ==
        std::vector<FindingText>{
            {"169.254.1.1",
             "the gateway of every workload here: no route of the node covers it, as a default route does, and so the "
             "node's proxy ARP answers none of them: pod default/pod-1 at cali12ab34cd56e, pod default/pod-2 at "
             "calif0f0f0f0f0f",
             "",
             {"cali12ab34cd56e", "calif0f0f0f0f0f"}}});
}

TEST_CASE("five pods are named, and that there are more is told") {
  Snapshot node = WithoutDefaultRoute();
  const auto add = [&](int index) {
    const std::string interface = absl::StrCat("cali", index);
    node.links->push_back(WorkloadLink(index, interface));
    node.endpoints->push_back(
        EndpointRow(absl::StrCat("default/pod-", index), interface, absl::StrCat("192.168.231.", index)));
  };
  for (int index : {13, 14, 15}) add(index);
  CHECK(Run(node)->front().detail.ends_with("pod default/pod-15 at cali15"));
  add(16);
  CHECK(Run(node)->front().detail.ends_with("pod default/pod-15 at cali15, …"));
}

TEST_CASE("a veth without a hardware address has no link-local address to lose") {
  Snapshot node = DualStackNode();
  node.addresses->pop_back();
  node.links->back().mac.reset();
  CHECK(Run(node)->empty());
}

TEST_CASE("without files of Felix' the pods are known by their routes") {
  Snapshot node = WithoutDefaultRoute();
  node.endpoints = absl::NotFoundError("no endpoint-status");
  CHECK(Run(node)->front().related == std::vector<std::string>{"cali12ab34cd56e", "calif0f0f0f0f0f"});
}

TEST_CASE("any route that covers it does, of whatever table a rule names") {
  Snapshot node = WithoutDefaultRoute();
  Route route = BlockRoute("169.254.0.0/16", "10.39.1.1");
  SECTION("a shorter one") {}
  SECTION("for itself alone") { route.destination = *Prefix::Parse("169.254.1.1"); }
  SECTION("an address of the node's own") {
    route.destination = *Prefix::Parse("169.254.1.1");
    route.type = RTN_LOCAL;
    route.table = RT_TABLE_LOCAL;
  }
  SECTION("in another table") {
    route.table = 100;
    Rule rule;
    rule.action = FR_ACT_TO_TBL;
    rule.table = 100;
    rule.from = *Prefix::Parse("192.168.0.0/16");
    node.rules->push_back(rule);
  }
  AddRoute(node, route);
  CHECK(Run(node)->empty());
}

TEST_CASE("a route that refuses covers nothing, even beside a default route") {
  Snapshot node = HealthyNode();
  Route route = BlockRoute("169.254.0.0/16", "10.39.1.1");
  route.gateway.reset();
  route.type = GENERATE(uint8_t{RTN_UNREACHABLE}, uint8_t{RTN_BLACKHOLE}, uint8_t{RTN_PROHIBIT});
  AddRoute(node, route);
  CHECK(Run(node)->front().detail.find("the only route of the node that covers it, 169.254.0.0/16, refuses") !=
        std::string::npos);
}

TEST_CASE("who needs no answer lacks none") {
  Snapshot node = WithoutDefaultRoute();
  SECTION("the eBPF data plane, which answers itself") { SwitchToEbpf(node); }
  SECTION("no pods") { node.endpoints->clear(); }
  SECTION("devices without Ethernet") {
    for (Link& link : *node.links) link.kind = "netkit";
  }
  SECTION("interfaces that are down, which is another finding") {
    for (Link& link : *node.links) link.up = !link.IsWorkload();
  }
  SECTION("pods of IPv6 alone") {
    node = DualStackNode();
    std::erase_if(*node.routes, [](const Route& route) { return route.destination.IsDefault(); });
    for (Endpoint& endpoint : *node.endpoints) endpoint.prefixes.erase(endpoint.prefixes.begin());
  }
  CHECK(Run(node)->empty());
}

TEST_CASE("of IPv6 it is the interface's own link-local address that a pod needs, and no route") {
  Snapshot node = DualStackNode();
  SECTION("it is gone") { node.addresses->pop_back(); }
  SECTION("another machine had it, as the kernel believes") { node.addresses->back().flags = IFA_F_DADFAILED; }
  CHECK(*Run(node) ==
        std::vector<FindingText>{
            {"fe80::ecee:eeff:feee:eeee",
             "the IPv6 gateway of workloads is on none of their interfaces here, which have no usable link-local "
             "address: pod default/pod-2 at calif0f0f0f0f0f",
             "ip -6 address add fe80::ecee:eeff:feee:eeee/64 dev calif0f0f0f0f0f scope link, for each interface named "
             "(where that is refused: sysctl -w net/ipv6/conf/calif0f0f0f0f0f/disable_ipv6=0 first, and restart "
             "calico-node here after it). Then look for who took them: NetworkManager and networkd must leave cali* "
             "alone.",
             {"calif0f0f0f0f0f"}}});
}

TEST_CASE("while a table is missing, it is unknown whether the gateway is answered for") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = HealthyNode();
  SECTION("routes") { node.routes = gone; }
  SECTION("rules") { node.rules = gone; }
  SECTION("links") { node.links = gone; }
  SECTION("addresses") { node.addresses = gone; }
  SECTION("files") { node.endpoints = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
