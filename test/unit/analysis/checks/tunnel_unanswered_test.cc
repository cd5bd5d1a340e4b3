// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

LinkTraffic Silent() {
  return {.name = "vxlan.calico",
          .role = LinkRole::kTunnel,
          .total = {},
          .unanswered = absl::Minutes(3),
          .unanswered_packets = 90};
}

Snapshot CountedNode() {
  Snapshot node = VxlanNode();
  node.link_stats = std::vector<LinkStats>{};
  return node;
}

JudgedTexts Run(const LinkTraffic& traffic, const Snapshot& node = CountedNode()) {
  Recollection before;
  before.traffic = {traffic};
  return JudgeBy("tunnel_unanswered", node, before);
}

TEST_CASE("a tunnel that sends for minutes and receives nothing is found") {
  CHECK(*Run(Silent()) ==
        std::vector<FindingText>{
            {"vxlan.calico", "has sent 90 packets in 3 minutes and received none", "", {"vxlan.calico"}}});
}

TEST_CASE("two minutes and fifty packets are enough") {
  LinkTraffic traffic = Silent();
  traffic.unanswered = absl::Minutes(2);
  traffic.unanswered_packets = 50;
  CHECK(Run(traffic)->size() == 1);
}

TEST_CASE("a moment, a few packets, or another kind of interface prove nothing") {
  LinkTraffic traffic = Silent();
  SECTION("a moment") { traffic.unanswered = absl::Seconds(110); }
  SECTION("a few packets") { traffic.unanswered_packets = 49; }
  SECTION("an uplink") { traffic.role = LinkRole::kHost; }
  SECTION("answered") { traffic.unanswered = absl::ZeroDuration(); }
  CHECK(Run(traffic)->empty());
}

TEST_CASE("tunnels of the eBPF data plane are not judged by what they count") {
  Snapshot node = CountedNode();
  SwitchToEbpf(node);
  CHECK(Run(Silent(), node)->empty());
}

TEST_CASE("packets that cannot be sent for minutes are found, whatever comes in") {
  LinkTraffic traffic{.name = "tunl0", .role = LinkRole::kTunnel, .total = {}, .failing = absl::Minutes(2)};
  traffic.total.carrier_errors = 70;
  traffic.total.send_errors = 2;
  REQUIRE(Run(traffic)->size() == 1);
  CHECK(Run(traffic)->front().detail ==
        "has been failing to send packets for 2 minutes: 70 found no way to the other node, 2 failed otherwise");
  traffic.failing = absl::Seconds(110);
  CHECK(Run(traffic)->empty());
}

TEST_CASE("while counters cannot be read, silence is unknown") {
  Snapshot node = CountedNode();
  SECTION("links") { node.links = absl::UnavailableError("gone"); }
  SECTION("routes") { node.routes = absl::UnavailableError("gone"); }
  SECTION("counters") { node.link_stats = absl::UnavailableError("gone"); }
  Recollection before;
  CHECK(absl::IsUnavailable(JudgeBy("tunnel_unanswered", node, before).status()));
}

}  // namespace
}  // namespace caliwatch
