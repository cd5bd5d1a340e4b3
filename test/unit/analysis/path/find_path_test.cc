// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/path/find_path.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <linux/fib_rules.h>
#include <linux/netconf.h>

#include "lib/analysis/observe.h"
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged_nodes.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

constexpr int kEth0 = 2, kPodLink = 5;
constexpr char kPod[] = "default/pod-1", kOtherPod[] = "192.168.231.2", kRemotePod[] = "192.168.219.7";

using Lines = std::vector<std::string>;

// The healthy node, whose uplink forwards, too.
Snapshot Node() {
  Snapshot node = HealthyNode();
  node.netconf->push_back({Family::kIpv4, kEth0, 1, 0, 0});
  return node;
}

// Keeps what paths lead into.
struct Told {
  SnapshotPtr node;
  Report report;
  absl::StatusOr<std::vector<Path>> paths = absl::UnknownError("not asked");

  const Path& path() const { return paths->front(); }
  PathAnswer answer() const { return AnswerOf(path()); }
  std::string AnswerLine() const;
};

Told Tell(const Snapshot& node, absl::string_view from, absl::string_view to) {
  Told told;
  told.node = Seen(node);
  Observer observer({.polls_to_hold = 1});
  told.report = observer.Observe(told.node);
  told.paths = FindPaths(from, to, *told.node, told.report, observer.kept());
  return told;
}

// "route wrong: WHAT [WHY] {CHECK effect}"
std::string LineOf(const Hop& hop) {
  std::string line = absl::StrCat(ToString(hop.kind), " ", ToString(hop.verdict), ": ", hop.what);
  if (!hop.why.empty()) absl::StrAppend(&line, " [", hop.why, "]");
  for (const HopFinding& found : hop.findings)
    absl::StrAppend(&line, " {", found.check->name, " ", ToString(found.effect), "}");
  return line;
}

Lines LinesOf(const std::vector<Hop>& hops) {
  Lines lines;
  lines.reserve(hops.size());
  for (const Hop& hop : hops) lines.push_back(LineOf(hop));
  return lines;
}

std::string Told::AnswerLine() const {
  if (!paths.ok()) return paths.status().ToString();
  const PathAnswer found = answer();
  if (found.hop == nullptr) return "whole";
  return absl::StrCat(found.is_back ? "back, " : "", LineOf(*found.hop));
}

std::string AnswerFor(const Snapshot& node, absl::string_view from, absl::string_view to) {
  return Tell(node, from, to).AnswerLine();
}

void Drop(Snapshot& node, absl::string_view destination) {
  std::erase_if(*node.routes, [&](const Route& route) { return route.destination == *Prefix::Parse(destination); });
}

Neighbor& Unanswered(Snapshot& node, absl::string_view address, absl::Duration since) {
  Neighbor& entry = NeighborOf(node, address);
  entry.state = NUD_FAILED;
  entry.mac.reset();
  entry.unchanged = Age{since};
  return entry;
}

}  // namespace

TEST_CASE("a path to another node's pod is told hop by hop, there and back") {
  const Told told = Tell(Node(), kPod, kRemotePod);
  REQUIRE(told.paths.ok());
  REQUIRE(told.paths->size() == 1);
  CHECK(LinesOf(told.path().there) ==
        Lines{"interface good: cali12ab34cd56e of pod default/pod-1, up, MTU 1440",
              "gateway good: nobody looked into the pod for its own route (--check.pods does)",
              "forwarding good: on, of what comes in by cali12ab34cd56e", "rules good: table main decides",
              "route good: 192.168.219.0/26 by 10.39.1.219 on eth0, made by BIRD",
              "peer good: the route is from 10.39.1.219 (Mesh_10_39_1_219), whose session is up",
              "underlay good: eth0 (MTU 1440): 10.39.1.219 is 02:00:00:00:00:02, reachable",
              "far_node unseen: how it goes on there is seen from the node of 10.39.1.219"});
  const Command& there = *told.path().there.back().elsewhere;
  CHECK(there.line == "caliwatch path 192.168.231.1 192.168.219.7");
  CHECK(there.where == "the node of 10.39.1.219");
  CHECK(LinesOf(told.path().back) == Lines{"far_node unseen: how it leaves there is seen from the node of 10.39.1.219",
                                           "underlay good: what comes in by eth0",
                                           "forwarding good: on, of what comes in by eth0",
                                           "rules good: table main decides",
                                           "route good: 192.168.231.1/32 on cali12ab34cd56e, made by Felix or "
                                           "the CNI plugin (boot)",
                                           "interface good: cali12ab34cd56e of pod default/pod-1, up, MTU 1440",
                                           "neighbor good: 192.168.231.1 is 02:00:00:00:00:05, reachable"});
  CHECK(told.AnswerLine() == "whole");
  CHECK(told.path().there[5].age == absl::Hours(3));
}

TEST_CASE("from another node's pod, what is here is the end of the way and all of the way back") {
  const Told told = Tell(Node(), kRemotePod, kPod);
  REQUIRE(told.paths.ok());
  CHECK(told.path().there.front().kind == HopKind::kFarNode);
  CHECK(told.path().there.back().kind == HopKind::kNeighbor);
  CHECK(told.path().back.front().kind == HopKind::kInterface);
  CHECK(told.path().back.back().kind == HopKind::kFarNode);
  CHECK(told.AnswerLine() == "whole");
}

TEST_CASE("two pods of one node, and the node itself, need no other one") {
  const Told pods = Tell(Node(), kPod, kOtherPod);
  CHECK(pods.AnswerLine() == "whole");
  CHECK(pods.path().to.owner == "pod default/pod-2");
  for (const auto* hops : {&pods.path().there, &pods.path().back})
    CHECK(std::none_of(hops->begin(), hops->end(), [](const Hop& hop) { return hop.kind == HopKind::kFarNode; }));
  const Told node = Tell(Node(), "10.39.1.231", kPod);
  CHECK(node.AnswerLine() == "whole");
  CHECK(LinesOf(node.path().there).front() == "this_node good: 10.39.1.231 is this node's own, on eth0");
  CHECK(node.path().back.back().kind == HopKind::kThisNode);
}

TEST_CASE("a pod without a route is cut off: its packets are dropped as they come, or on their way back") {
  Snapshot node = Node();
  Drop(node, "192.168.231.1/32");
  CHECK(AnswerFor(node, kRemotePod, kPod) ==
        "route wrong: blackhole 192.168.231.0/26, made by BIRD [it refuses the packet] {workload_route_missing cuts}");
  CHECK(absl::StartsWith(AnswerFor(node, kPod, kRemotePod), "back, route wrong"));
  NetConfOf(node, Family::kIpv4, kPodLink).rp_filter = 1;
  CHECK(AnswerFor(node, kPod, kRemotePod) ==
        "source wrong: what comes from 192.168.231.1 by cali12ab34cd56e (rp_filter 1) [the kernel drops it: no route "
        "leads back to it] {workload_route_missing cuts}");
  CHECK(AnswerFor(node, kOtherPod, kRemotePod) == "whole");
}

TEST_CASE("a route to another pod's interface is wrong by the check that says so") {
  Snapshot node = Node();
  Drop(node, "192.168.231.1/32");
  AddRoute(node, WorkloadRoute("192.168.231.1", 6));
  const std::string answer = AnswerFor(node, kRemotePod, kPod);
  CHECK(answer ==
        "route wrong: 192.168.231.1/32 on calif0f0f0f0f0f, made by Felix or the CNI plugin (boot) [it leads to "
        "calif0f0f0f0f0f, and not to cali12ab34cd56e] {workload_route_wrong_interface cuts}");
  NetConfOf(node, Family::kIpv4, kPodLink).rp_filter = 1;
  CHECK(absl::StrContains(AnswerFor(node, kPod, kRemotePod), "the route back to it leads elsewhere"));
  NetConfOf(node, Family::kIpv4, kPodLink).rp_filter = 2;  // loose
  CHECK(absl::StartsWith(AnswerFor(node, kPod, kRemotePod), "back, route wrong"));
}

TEST_CASE("an interface that is gone, switched off or without carrier lets nothing through") {
  Snapshot node = Node();
  LinkNamed(node, "cali12ab34cd56e").carrier = false;
  CHECK(absl::StrContains(AnswerFor(node, kPod, kRemotePod), "no carrier"));
  LinkNamed(node, "cali12ab34cd56e").up = false;
  CHECK(absl::StartsWith(AnswerFor(node, kPod, kRemotePod),
                         "interface wrong: cali12ab34cd56e of pod default/pod-1 [it "
                         "is switched off] {workload_interface_down cuts}"));
  std::erase_if(*node.links, [](const Link& link) { return link.index == kPodLink; });
  CHECK(absl::StrContains(AnswerFor(node, kPod, kRemotePod), "there is no such interface"));
}

TEST_CASE("an address of this node's blocks that nobody has is a pod's whose interface may be down") {
  Snapshot node = Node();
  LinkNamed(node, "cali12ab34cd56e").carrier = false;
  node.endpoints->erase(node.endpoints->begin());
  Drop(node, "192.168.231.1/32");
  const Told told = Tell(node, "192.168.231.1", kRemotePod);
  REQUIRE(told.paths.ok());
  CHECK(LinesOf(told.path().there) ==
        Lines{"interface wrong: 192.168.231.1 is of a block of this node [no pod here has it, or none whose interface "
              "is up] {workload_interface_down notes}"});
  CHECK(absl::StartsWith(AnswerFor(node, kRemotePod, "192.168.231.1"), "route wrong: blackhole"));
  CHECK(absl::StrContains(AnswerFor(node, kOtherPod, "192.168.231.9"), "route wrong: blackhole"));
}

TEST_CASE("forwarding is asked of the interface that packets come in by") {
  Snapshot node = Node();
  NetConfOf(node, Family::kIpv4, kPodLink).forwarding = 0;
  CHECK(AnswerFor(node, kPod, kRemotePod) ==
        "forwarding wrong: of what comes in by cali12ab34cd56e [it is off: the kernel passes nothing on] "
        "{forwarding_disabled cuts}");
  CHECK(AnswerFor(node, kOtherPod, kRemotePod) == "whole");
  CHECK(absl::StartsWith(AnswerFor(HealthyNode(), kPod, kRemotePod), "back, forwarding unknown"));
  node.netconf = absl::UnavailableError("netlink is gone");
  CHECK(absl::StrContains(AnswerFor(node, kPod, kRemotePod),
                          "forwarding unknown: of what comes in by cali12ab34cd56e "
                          "[netlink is gone]"));
}

TEST_CASE("without a route, or with one that refuses, a packet ends here") {
  Snapshot node = Node();
  Drop(node, "0.0.0.0/0");
  CHECK(AnswerFor(node, "10.39.1.231", "192.0.2.1") ==
        "route wrong: none to 192.0.2.1 [no route leads there: the kernel refuses the packet]");
  CHECK(absl::StartsWith(AnswerFor(Node(), kPod, "192.168.231.9"), "route wrong: blackhole 192.168.231.0/26"));
}

TEST_CASE("where only the default route leads, nobody here can tell whether it should") {
  const Told told = Tell(Node(), kPod, "192.0.2.1");
  CHECK(absl::StartsWith(told.AnswerLine(),
                         "route unknown: default by 10.39.1.1 on eth0, made by static [only the "
                         "default route leads there: right for an address outside of the cluster"));
  CHECK(told.path().there.back().kind == HopKind::kUnderlay);
}

TEST_CASE("a node that is known may be reached by the default route") {
  CHECK(AnswerFor(Node(), kPod, "10.39.1.219") == "whole");
  CHECK(absl::StartsWith(AnswerFor(Node(), kPod, "10.39.1.220"), "route unknown"));
}

TEST_CASE("a route that the kernel had when all was well is missed by its destination") {
  Snapshot node = Node();
  Observer observer({.polls_to_hold = 1});
  observer.Observe(Seen(node));
  Drop(node, "192.168.219.0/26");
  LetPass(absl::Seconds(30), node);
  observer.Observe(Seen(node));
  LetPass(absl::Seconds(30), node);
  const SnapshotPtr seen = Seen(node);
  const Report report = observer.Observe(seen);
  const auto paths = FindPaths(kPod, kRemotePod, *seen, report, observer.kept());
  REQUIRE(paths.ok());
  const PathAnswer answer = AnswerOf(paths->front());
  REQUIRE(answer.hop != nullptr);
  CHECK(answer.hop->kind == HopKind::kRoute);
  CHECK(answer.verdict == HopVerdict::kWrong);
  CHECK(absl::StrContains(LineOf(*answer.hop), "{expected_route_missing cuts}"));
}

TEST_CASE("policy rules decide first, and may refuse") {
  Snapshot node = Node();
  const auto rule = [](uint32_t priority, uint32_t table, uint8_t action) {
    Rule made;
    made.priority = priority;
    made.table = table;
    made.action = action;
    return made;
  };
  node.rules = std::vector<Rule>{rule(0, RT_TABLE_LOCAL, FR_ACT_TO_TBL), rule(5, 7, FR_ACT_TO_TBL),
                                 rule(32766, RT_TABLE_MAIN, FR_ACT_TO_TBL)};
  CHECK(AnswerFor(node, kPod, kRemotePod) == "whole");
  CHECK(absl::StrContains(LinesOf(Tell(node, kPod, kRemotePod).path().there)[3], "table main decides (rule 32766)"));
  Route vpn = WorkloadRoute("192.168.0.0/16", kEth0);
  vpn.table = 7;
  AddRoute(node, vpn);
  CHECK(AnswerFor(node, kPod, kRemotePod) == "rules wrong: table 7 decides (rule 5) {policy_rule_before_main cuts}");
  (*node.rules)[1].action = FR_ACT_PROHIBIT;
  (*node.rules)[1].to = *Prefix::Parse("192.168.219.0/26");
  CHECK(AnswerFor(node, kPod, kRemotePod) == "rules wrong: rule 5 [it refuses such packets]");
}

TEST_CASE("nobody answers for the other node: now it is wrong, and long ago it is unknown") {
  Snapshot node = Node();
  Unanswered(node, "10.39.1.219", absl::Seconds(2));
  CHECK(AnswerFor(node, kPod, kRemotePod) ==
        "underlay wrong: eth0 (MTU 1440): 10.39.1.219 is failed [nobody answers there for 10.39.1.219]");
  Unanswered(node, "10.39.1.219", absl::Minutes(2));
  CHECK(AnswerFor(node, kPod, kRemotePod) ==
        "underlay unknown: eth0 (MTU 1440): 10.39.1.219 is failed [nobody has answered since the kernel asked last]");
  Unanswered(node, "10.39.1.219", absl::Milliseconds(200)).state = NUD_INCOMPLETE;
  CHECK(absl::StartsWith(AnswerFor(node, kPod, kRemotePod), "underlay unknown"));
  Unanswered(node, "10.39.1.219", absl::Seconds(2)).state = NUD_INCOMPLETE;
  CHECK(absl::StartsWith(AnswerFor(node, kPod, kRemotePod), "underlay wrong"));
  node.neighbors->clear();
  CHECK(AnswerFor(node, kPod, kRemotePod) == "whole");
  LinkNamed(node, "eth0").carrier = false;
  CHECK(absl::StrContains(AnswerFor(node, kPod, kRemotePod), "[it has no carrier]"));
}

TEST_CASE("a session that is down is told, and breaks nothing while the route is there") {
  const Told told = Tell(
      [] {
        Snapshot node = NodeWithPeerDown();
        node.netconf->push_back({Family::kIpv4, kEth0, 1, 0, 0});
        return node;
      }(),
      kPod, kRemotePod);
  CHECK(told.AnswerLine() == "whole");
  const Hop& peer = told.path().there[5];
  CHECK(absl::StartsWith(LineOf(peer),
                         "peer good: the route is from 10.39.1.219 (Mesh_10_39_1_219), whose session is "
                         "not up: the route stays only for a while {bgp_peer_down"));
}

TEST_CASE("through VXLAN, Felix' entries lead to the node, and each of them may be missing") {
  const Snapshot healthy = VxlanNode();
  const Told told = Tell(healthy, kPod, kRemotePod);
  const Lines there = LinesOf(told.path().there);
  CHECK(
      std::count(there.begin(), there.end(),
                 "tunnel good: vxlan.calico (MTU 1450) to tunnel address 192.168.219.0, MAC 66:00:0a:27:04:db at node "
                 "10.39.1.219, source 10.39.1.231") == 1);
  CHECK(told.AnswerLine() == "whole");
  CHECK(LinesOf(told.path().back)[2] == "tunnel good: out of vxlan.calico");

  Snapshot node = healthy;
  node.fdb->clear();
  CHECK(absl::StrContains(AnswerFor(node, kPod, kRemotePod),
                          "[the FDB has no node for that MAC address] {vxlan_fdb_incomplete cuts}"));
  node = healthy;
  std::erase_if(*node.neighbors,
                [](const Neighbor& entry) { return entry.address == *IpAddress::Parse("192.168.219.0"); });
  CHECK(absl::StrContains(AnswerFor(node, kPod, kRemotePod),
                          "[no MAC address is known there for 192.168.219.0] {vxlan_neighbor_incomplete cuts}"));
  node.neighbors = absl::UnavailableError("netlink is gone");
  CHECK(absl::StrContains(AnswerFor(node, kPod, kRemotePod), "tunnel unknown"));
  node = healthy;
  LinkNamed(node, "vxlan.calico").vxlan->flow_based = true;
  CHECK(absl::StrContains(AnswerFor(node, kPod, kRemotePod), "bring their destination themselves"));
  node = healthy;
  LinkNamed(node, "vxlan.calico").up = false;
  CHECK(absl::StrContains(AnswerFor(node, kPod, kRemotePod), "[it is switched off]"));
  node = healthy;
  Drop(node, "10.39.1.0/24");
  Drop(node, "0.0.0.0/0");
  CHECK(absl::StartsWith(AnswerFor(node, "10.39.1.231", kRemotePod), "underlay wrong: the way to node 10.39.1.219"));
}

TEST_CASE("another node's pod sends past the tunnel to this node's own address, and rp_filter may drop that") {
  Snapshot node = VxlanNode();
  CHECK(AnswerFor(node, kRemotePod, "10.39.1.231") == "whole");
  CHECK(AnswerFor(node, kRemotePod, "192.168.231.0") == "whole");
  NetConfOf(node, Family::kIpv4, kEth0).rp_filter = 1;
  CHECK(absl::StartsWith(AnswerFor(node, kRemotePod, "10.39.1.231"),
                         "source unknown: what comes from 192.168.219.7 by eth0 (rp_filter 1) [the route back leads"));
  CHECK(AnswerFor(node, kRemotePod, "192.168.231.0") == "whole");
  CHECK(LinesOf(Tell(node, "10.39.1.219", kPod).path().there)[2] == "tunnel good: out of vxlan.calico");
  CHECK(AnswerFor(node, "10.39.1.231", kRemotePod) == "whole");
  NetConfOf(node, Family::kIpv4, kVxlanDevice).rp_filter = 1;
  CHECK(AnswerFor(node, "10.39.1.219", kPod) == "whole");
  CHECK(absl::StartsWith(AnswerFor(node, kPod, "10.39.1.219"),
                         "back, source unknown: what comes from 10.39.1.219 by vxlan.calico"));
}

TEST_CASE("a block's route that is missing is seen by the tunnel's far end in it") {
  Snapshot node = VxlanNode();
  Drop(node, "192.168.219.0/26");
  const std::string answer = AnswerFor(node, kPod, kRemotePod);
  CHECK(absl::StartsWith(answer, "route wrong: default by 10.39.1.1 on eth0"));
  CHECK(absl::EndsWith(answer, "{vxlan_route_missing cuts}"));
  CHECK(absl::StartsWith(AnswerFor(node, kPod, "192.0.2.1"), "route unknown"));
}

TEST_CASE("while the tunnel is down, nobody can tell how another node's own packets come to pods") {
  Snapshot node = VxlanNode();
  CHECK(AnswerFor(node, kPod, "10.39.1.219") == "whole");
  LinkNamed(node, "vxlan.calico").up = false;
  Drop(node, "192.168.219.0/26");
  CHECK(absl::StartsWith(AnswerFor(node, kPod, "10.39.1.219"), "back, tunnel unknown: out of vxlan.calico [what the"));
  CHECK(AnswerFor(node, "10.39.1.231", "10.39.1.219") == "whole");
}

TEST_CASE("through IPIP, the route's gateway is the node, and WireGuard keeps its own to itself") {
  Snapshot node = Node();
  Link tunl0 = WorkloadLink(9, "tunl0");
  tunl0.kind = "ipip";
  node.links->push_back(tunl0);
  LinkNamed(node, "eth0").mtu = 1500;
  node.addresses->push_back({*IpAddress::Parse("192.168.231.0"), 32, RT_SCOPE_UNIVERSE, 0, 9});
  for (Route& route : *node.routes)
    if (route.protocol == RTPROT_BIRD && route.gateway) route.link = 9;
  Route hosts = WorkloadRoute("10.39.1.0/24", kEth0);
  hosts.protocol = RTPROT_KERNEL;
  AddRoute(node, hosts);
  node.netconf->push_back({Family::kIpv4, 9, 1, 0, 0});
  const Lines there = LinesOf(Tell(node, kPod, kRemotePod).path().there);
  REQUIRE(there.size() == 9);
  CHECK(absl::StartsWith(there[6], "tunnel good: tunl0 (MTU 1440) to node 10.39.1.219"));
  CHECK(absl::StartsWith(there[7], "underlay good: eth0 (MTU 1500): 10.39.1.219 is"));
  LinkNamed(node, "tunl0").kind = "wireguard";
  CHECK(absl::StrContains(LinesOf(Tell(node, kPod, kRemotePod).path().there)[6], "keeps to itself"));
}

TEST_CASE("a pod of both families has a path of each") {
  Snapshot node = Node();
  for (Endpoint& endpoint : *node.endpoints)
    endpoint.prefixes.push_back(*Prefix::Parse(endpoint.workload == kPod ? "fd10::1" : "fd10::2"));
  AddRoute(node, WorkloadRoute("fd10::1", kPodLink));
  AddRoute(node, WorkloadRoute("fd10::2", 6));
  for (const int link : {kPodLink, 6})
    node.addresses->push_back({*IpAddress::Parse("fe80::1"), 64, RT_SCOPE_LINK, 0, link});
  node.netconf->push_back({Family::kIpv6, NETCONFA_IFINDEX_ALL, 1, {}, {}});
  const Told told = Tell(node, kPod, "default/pod-2");
  REQUIRE(told.paths.ok());
  REQUIRE(told.paths->size() == 2);
  CHECK(told.paths->back().from.address == *IpAddress::Parse("fd10::1"));
  NetConfOf(node, Family::kIpv6, NETCONFA_IFINDEX_ALL).forwarding = 0;
  const Told off = Tell(node, kPod, "fd10::2");
  REQUIRE(off.paths->size() == 1);
  CHECK(absl::StartsWith(off.AnswerLine(), "forwarding wrong"));
}

TEST_CASE("an end that this node cannot place is refused with what to give instead") {
  const auto why = [](const Snapshot& node, absl::string_view from, absl::string_view to) {
    return Tell(node, from, to).paths.status().ToString();
  };
  const Snapshot node = Node();
  CHECK(absl::StartsWith(why(node, "default/none", kPod),
                         "NOT_FOUND: no pod of this node is called default/none: give "
                         "its address"));
  CHECK(absl::StrContains(why(node, "node-9", kPod), "this node, node-231, knows no node called node-9"));
  CHECK(absl::StrContains(why(node, "192.0.2.1", kRemotePod), "FAILED_PRECONDITION: neither 192.0.2.1 nor"));
  CHECK(absl::StrContains(why(node, kPod, "192.168.231.1"), "INVALID_ARGUMENT: both ends are one"));
  CHECK(absl::StrContains(why(node, kPod, "fd10::1"), "different families"));
  Snapshot old = node;
  old.endpoints = absl::NotFoundError("Calico writes none");
  CHECK(absl::StrContains(why(old, kPod, kOtherPod), "endpoint-status cannot be read (Calico writes none)"));
  CHECK(AnswerFor(old, "192.168.231.1", kOtherPod) == "whole");
  Snapshot ebpf = VxlanNode();
  SwitchToEbpf(ebpf);
  CHECK(absl::StrContains(why(ebpf, kPod, kRemotePod), "eBPF data plane"));
  CHECK(absl::StrContains(why(NodeWithoutLinks(), kPod, kRemotePod), "netlink is gone"));
}

TEST_CASE("a node is known by its name: this one, and a peer that BIRD's configuration calls so") {
  Snapshot node = Node();
  FirstPeer(node).source_address = *IpAddress::Parse("10.39.1.231");
  FirstPeer(node).description = "node-219";
  const Told told = Tell(node, "node-231", "node-219");
  REQUIRE(told.paths.ok());
  CHECK(told.path().from.address == *IpAddress::Parse("10.39.1.231"));
  CHECK(told.path().to.address == *IpAddress::Parse("10.39.1.219"));
}

}  // namespace caliwatch
