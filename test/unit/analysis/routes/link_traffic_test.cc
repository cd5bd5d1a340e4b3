// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/link_traffic.h"

#include "test/support/catch.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

LinkStats& Of(Snapshot& node, int link) {
  for (LinkStats& stats : *node.link_stats)
    if (stats.link == link) return stats;
  throw std::runtime_error("no such link");
}

Snapshot CountedNode() {
  Snapshot node = VxlanNode();
  node.link_stats = std::vector<LinkStats>{};
  for (const Link& link : *node.links)
    node.link_stats->push_back({.link = link.index, .received_packets = 1000, .sent_packets = 2000});
  return node;
}

const LinkTraffic& Named(const std::vector<LinkTraffic>& traffic, absl::string_view name) {
  for (const LinkTraffic& link : traffic)
    if (link.name == name) return link;
  throw std::runtime_error("no such link");
}

struct Follower {
  const std::vector<LinkTraffic>& Poll(uint64_t received, uint64_t sent) {
    Of(node, kVxlanDevice).received_packets += received;
    Of(node, kVxlanDevice).sent_packets += sent;
    now += absl::Seconds(10);
    return history.Follow(node, now);
  }

  Snapshot node = CountedNode();
  BootTime now = absl::Hours(1);
  TrafficHistory history;
};

TEST_CASE("tunnels and uplinks are followed, workloads are not") {
  Follower follower;
  const std::vector<LinkTraffic> traffic = follower.Poll(0, 0);
  REQUIRE(traffic.size() == 2);
  CHECK(Named(traffic, "eth0").role == LinkRole::kHost);
  CHECK(Named(traffic, "vxlan.calico").total.sent_packets == 2000);
  CHECK_FALSE(Named(traffic, "vxlan.calico").sent_per_second);
}

TEST_CASE("rates are those since the poll before") {
  Follower follower;
  follower.Poll(0, 0);
  const LinkTraffic traffic = Named(follower.Poll(50, 100), "vxlan.calico");
  CHECK(traffic.received_per_second == 5);
  CHECK(traffic.sent_per_second == 10);
  CHECK(traffic.unanswered == absl::ZeroDuration());
}

TEST_CASE("a tunnel that sends and receives nothing is unanswered until something comes") {
  Follower follower;
  follower.Poll(0, 0);
  CHECK(Named(follower.Poll(0, 0), "vxlan.calico").unanswered == absl::ZeroDuration());
  CHECK(Named(follower.Poll(0, 7), "vxlan.calico").unanswered == absl::Seconds(10));
  CHECK(Named(follower.Poll(0, 0), "vxlan.calico").unanswered == absl::Seconds(20));
  CHECK(Named(follower.Poll(0, 7), "vxlan.calico").unanswered == absl::Seconds(30));
  CHECK(Named(follower.Poll(1, 7), "vxlan.calico").unanswered == absl::ZeroDuration());
}

TEST_CASE("what is sent while nothing comes is counted until something does") {
  Follower follower;
  follower.Poll(0, 0);
  follower.Poll(0, 7);
  follower.Poll(0, 0);
  CHECK(Named(follower.Poll(0, 5), "vxlan.calico").unanswered_packets == 12);
  CHECK(Named(follower.Poll(1, 5), "vxlan.calico").unanswered_packets == 0);
  CHECK(Named(follower.Poll(0, 3), "vxlan.calico").unanswered_packets == 3);
}

TEST_CASE("a link fails for as long as each poll finds more packets that could not be sent") {
  Follower follower;
  follower.Poll(0, 0);
  const auto failing = [&](uint64_t errors, uint64_t without_way) {
    Of(follower.node, kVxlanDevice).send_errors += errors;
    Of(follower.node, kVxlanDevice).carrier_errors += without_way;
    return Named(follower.Poll(1, 1), "vxlan.calico").failing;
  };
  CHECK(failing(0, 0) == absl::ZeroDuration());
  CHECK(failing(1, 0) == absl::Seconds(10));
  CHECK(failing(0, 2) == absl::Seconds(20));
  CHECK(failing(0, 0) == absl::ZeroDuration());
}

TEST_CASE("a device that was made anew begins anew") {
  Follower follower;
  follower.Poll(0, 0);
  Of(follower.node, kVxlanDevice).received_packets = 0;
  CHECK_FALSE(Named(follower.Poll(0, 7), "vxlan.calico").sent_per_second);
  CHECK(Named(follower.Poll(5, 7), "vxlan.calico").sent_per_second.has_value());
}

TEST_CASE("what cannot be read has no traffic, and what comes after spans the gap") {
  Follower follower;
  follower.Poll(0, 0);
  const Table<LinkStats> stats = follower.node.link_stats;
  follower.node.link_stats = absl::UnavailableError("gone");
  CHECK(follower.history.Follow(follower.node, follower.now).empty());
  follower.node.link_stats = stats;
  follower.now += absl::Seconds(10);
  CHECK(Named(follower.Poll(0, 40), "vxlan.calico").sent_per_second == 2);
}

}  // namespace
}  // namespace caliwatch
