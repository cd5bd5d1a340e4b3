// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "lib/analysis/findings/check.h"
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

UnreachedNode Unreached() {
  return {.address = *IpAddress::Parse("10.39.1.36"),
          .tunnel_address = *IpAddress::Parse("192.168.36.0"),
          .tunnel = "vxlan.calico",
          .name = "node-36",
          .rounds = 3,
          .others_asked = 9,
          .others_reached = 9};
}

Recollection With(const UnreachedNode& node) {
  Recollection before;
  before.unreached = std::vector{node};
  return before;
}

JudgedTexts Run(const UnreachedNode& node) { return JudgeBy("node_overlay_broken", VxlanNode(), With(node)); }

std::string DetailOf(const UnreachedNode& node) { return Run(node)->front().detail; }

TEST_CASE("a tunnel that loses what is sent to one node is found, with whose end it is") {
  CHECK(*Run(Unreached()) ==
        std::vector<FindingText>{
            {"10.39.1.36",
             "answers at its own address; through vxlan.calico, at 192.168.36.0, nothing comes back, 3 times in a row. "
             "Of 9 others asked through it of late, 9 answer: it is that node's end, or what is between",
             "",
             {"vxlan.calico", "192.168.36.0"}}});
}

TEST_CASE("how the others do says where to look") {
  UnreachedNode node = Unreached();
  node.others_reached = 1;
  CHECK(DetailOf(node).ends_with(". Of 9 others asked through it of late, 1 answers"));
  node.others_reached = 0;
  CHECK(DetailOf(node).ends_with(". So it is with all 9 others asked through it of late: it is this node's end"));
  node.others_asked = 0;
  CHECK(DetailOf(node).ends_with(". No other node has been asked through it of late"));
}

TEST_CASE("no way, another node that answers, and an address that its owner has not are told as what they are") {
  UnreachedNode node = Unreached();
  node.result = ProbeResult::kUnreachable;
  CHECK(DetailOf(node).find("at 192.168.36.0, there is no way to it, 3 times in a row.") != std::string::npos);
  node.result = ProbeResult::kAnswered;
  node.instead = "node-77";
  CHECK(DetailOf(node).find("at 192.168.36.0, node node-77 answers in its place.") != std::string::npos);
  node.disowns = true;
  CHECK(DetailOf(node).ends_with("It says itself that its tunnels have other addresses than 192.168.36.0"));
}

TEST_CASE("large packets that are lost are another check's") {
  UnreachedNode node = Unreached();
  node.result = ProbeResult::kSmallOnly;
  CHECK(Run(node)->empty());
  node.path = ProbePath::kNode;
  CHECK(Run(node)->empty());
}

TEST_CASE("where all are reached it is silent, and where nobody asks it does not apply") {
  Recollection before;
  before.unreached = std::vector<UnreachedNode>{};
  CHECK(JudgeBy("node_overlay_broken", VxlanNode(), before)->empty());
  CHECK(absl::IsNotFound(JudgeBy("node_overlay_broken", VxlanNode()).status()));
}

TEST_CASE("what to look at here and there is named, of VXLAN its entries, too") {
  const std::vector<std::string> lines = LinesBy("node_overlay_broken", VxlanNode(), With(Unreached()));
  CHECK(lines == std::vector<std::string>{"ip route get 192.168.36.0", "ip -s link show vxlan.calico",
                                          "ip neigh show 192.168.36.0",
                                          "bridge fdb show dev vxlan.calico dst 10.39.1.36",
                                          "ip -br addr show to 192.168.36.0 # on the node of 10.39.1.36",
                                          "tcpdump -vvni any 'udp port 4789 or proto 4' # on the node of 10.39.1.36",
                                          "nft list ruleset # on the node of 10.39.1.36"});
}

UnreachedNode Damaged(const TunnelTrial& trial) {
  UnreachedNode node = Unreached();
  node.trial = trial;
  node.trials = 2;
  return node;
}

TEST_CASE("checksums that this node gets wrong are told as the cause, with what to type here") {
  const UnreachedNode node = Damaged({.damaged_there = 2});
  CHECK(
      DetailOf(node).ends_with("nothing comes back, 3 times in a row. The packets arrive there with a wrong checksum, "
                               "and its kernel drops them: this node's network card, or what is between, gets the "
                               "checksums wrong"));
  CHECK(Run(node)->front().remedy.starts_with(
      "Have the processor compute the checksums on this node: ethtool -K vxlan.calico tx off. "));
  CHECK(LinesBy("node_overlay_broken", VxlanNode(), With(node)) ==
        std::vector<std::string>{
            "nstat -asz UdpInCsumErrors Udp6InCsumErrors TcpInCsumErrors # on the node of 10.39.1.36",
            "ethtool -k vxlan.calico | grep tx-checksum", "ethtool -K vxlan.calico tx off # changes"});
}

TEST_CASE("checksums that the other node gets wrong are to be put right there") {
  const UnreachedNode node = Damaged({.damaged_here = 2});
  CHECK(
      DetailOf(node).ends_with("Its answers arrive here with a wrong checksum, and this kernel drops them: that node's "
                               "network card, or what is between, gets the checksums wrong"));
  CHECK(Run(node)->front().remedy.starts_with(
      "Have the processor compute the checksums on that node: ethtool -K vxlan.calico tx off. "));
  CHECK(LinesBy("node_overlay_broken", VxlanNode(), With(node)).back() ==
        "ethtool -K vxlan.calico tx off # changes # on the node of 10.39.1.36");
}

TEST_CASE("a tunnel that receives nothing at all there is told, and one round of counting is none") {
  UnreachedNode node = Damaged({.received_there = 0});
  CHECK(
      DetailOf(node).ends_with("it is that node's end, or what is between. Meanwhile its tunnel receives nothing at "
                               "all: the packets are lost on the way, or in front of it"));
  node.trial->received_there = 1;
  CHECK(DetailOf(node) == DetailOf(Unreached()));
  node = Damaged({.damaged_there = 2, .received_there = 0});
  node.trials = 1;
  CHECK(DetailOf(node) == DetailOf(Unreached()));
}

}  // namespace
}  // namespace caliwatch
