// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/observe.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include <absl/time/clock.h>

#include "lib/read/read_snapshot.h"
#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

constexpr absl::Duration kInterval = absl::Seconds(5);

// The healthy node, `polls` intervals after the first look, with BIRD's ages grown as they would.
Snapshot HealthyNodeAfter(int polls) {
  Snapshot node = HealthyNode();
  LetPass(polls * kInterval, node);
  return node;
}

BgpPeer& FirstPeer(Snapshot& node) { return node.birds[Family::kIpv4].peers->front(); }

void LoseBird(Snapshot& node, absl::Status why) {
  node.birds[Family::kIpv4] = {why, why, why};
  for (SourceReading& reading : node.sources)
    if (reading.name == "bird") reading.status = why;
}

const Verdict& VerdictOf(const Report& report, absl::string_view check) {
  return *std::find_if(report.verdicts.begin(), report.verdicts.end(),
                       [&](const Verdict& verdict) { return verdict.check->name == check; });
}

const SourceStatus* ReadingOf(const Report& report, absl::string_view source) {
  for (const SourceStatus& reading : report.sources)
    if (reading.name == source) return &reading;
  return nullptr;
}

void DuplicateAnAddress(Snapshot& node) { node.neighbors->push_back(NeighborEntry("192.168.231.1", 6)); }

TEST_CASE("a finding counts once two polls in a row have seen it, and since the first of them") {
  Observer observer;
  for (int poll = 0; poll < 3; ++poll) {
    Snapshot node = HealthyNodeAfter(poll);
    DuplicateAnAddress(node);
    const Report report = observer.Observe(Seen(node));
    const auto& findings = VerdictOf(report, "duplicate_neighbor_ip").findings;
    REQUIRE(findings.size() == (poll == 0 ? 0 : 1));
    if (poll > 0) CHECK(findings.front().since == HealthyNodeAfter(0).taken_at);
  }
}

TEST_CASE("a finding that must hold for some time does so, however often it is seen") {
  Observer observer;
  for (int poll = 0; poll < 6; ++poll) {
    Snapshot node = HealthyNodeAfter(0);
    LetPass(poll * absl::Seconds(1), node);
    node.birds[Family::kIpv4].routes = std::vector<BirdRoute>{};
    BirdRoute route;
    route.destination = *Prefix::Parse("192.168.219.0/26");
    route.protocol = FirstPeer(node).name;
    route.next_hops = {{*IpAddress::Parse("10.39.1.219"), "eth0"}};
    route.best = true;
    node.birds[Family::kIpv4].routes->push_back(route);
    std::erase_if(*node.routes, [](const Route& row) { return row.gateway == *IpAddress::Parse("10.39.1.219"); });
    CHECK(VerdictOf(observer.Observe(Seen(node)), "route_missing_from_kernel").findings.size() == (poll < 4 ? 0 : 1));
  }
}

TEST_CASE("a finding that one poll does not see starts anew") {
  Observer observer;
  for (int poll = 0; poll < 5; ++poll) {
    Snapshot node = HealthyNodeAfter(poll);
    if (poll != 1) DuplicateAnAddress(node);
    const Report report = observer.Observe(Seen(node));
    const auto& findings = VerdictOf(report, "duplicate_neighbor_ip").findings;
    REQUIRE(findings.size() == (poll >= 3 ? 1 : 0));
    if (poll >= 3) CHECK(findings.front().since == HealthyNodeAfter(2).taken_at);
  }
}

TEST_CASE("what was explained stays so for a moment after its cause is over, and then counts") {
  Observer observer;
  Snapshot node = HealthyNode();
  const auto unexplained = [&](absl::string_view name, absl::Duration later) {
    LetPass(later, node);
    const Report report = observer.Observe(Seen(node));
    for (const Verdict& verdict : report.verdicts)
      if (verdict.check->name == name) return verdict.RootCauses();
    return size_t{99};
  };
  // One address at two pods, and so two neighbor entries for it.
  node.neighbors->push_back(NeighborEntry("192.168.231.1", 6));
  const Table<Endpoint> endpoints = node.endpoints;
  node.endpoints->push_back(EndpointRow("default/twin", "calif0f0f0f0f0f", "192.168.231.1"));
  unexplained("duplicate_neighbor_ip", absl::Seconds(5));
  CHECK(unexplained("duplicate_workload_ip", absl::Seconds(5)) == 1);
  CHECK(unexplained("duplicate_neighbor_ip", absl::Seconds(5)) == 0);
  node.endpoints = endpoints;
  CHECK(unexplained("duplicate_neighbor_ip", absl::Seconds(5)) == 0);
  CHECK(unexplained("duplicate_neighbor_ip", absl::Seconds(5)) == 1);
}

TEST_CASE("a poll that cannot judge neither confirms a finding nor ends it") {
  Observer observer;
  const auto poll = [&](int number, bool readable) {
    Snapshot node = HealthyNodeAfter(number);
    DuplicateAnAddress(node);
    if (!readable) node.neighbors = absl::UnavailableError("netlink is gone");
    return observer.Observe(Seen(node));
  };
  poll(0, true);
  const Report blind = poll(1, false);
  CHECK_FALSE(VerdictOf(blind, "duplicate_neighbor_ip").judged.ok());
  CHECK(VerdictOf(blind, "duplicate_neighbor_ip").findings.empty());
  const Report again = poll(2, true);
  REQUIRE(VerdictOf(again, "duplicate_neighbor_ip").findings.size() == 1);
  CHECK(VerdictOf(again, "duplicate_neighbor_ip").findings.front().since == HealthyNodeAfter(0).taken_at);
}

TEST_CASE("a single look reports a finding at once") {
  Observer observer(Limits{.polls_to_hold = 1});
  Snapshot node = HealthyNode();
  DuplicateAnAddress(node);
  CHECK(VerdictOf(observer.Observe(Seen(node)), "duplicate_neighbor_ip").findings.size() == 1);
}

TEST_CASE("a peer's since stays put while BIRD's whole seconds waver") {
  Observer observer;
  const absl::Time since = *observer.Observe(Seen(HealthyNodeAfter(0))).peers.front().since;
  for (int poll = 1; poll < 4; ++poll) {
    Snapshot node = HealthyNodeAfter(poll);
    *FirstPeer(node).age += absl::Seconds(poll % 2 == 0 ? 1 : -3);
    const Report report = observer.Observe(Seen(node));
    CHECK(*report.peers.front().since == since);
    CHECK(report.peers.front().flaps == 0);
  }
}

TEST_CASE("a since that BIRD tells by the day alone keeps the second known before") {
  Observer observer;
  Snapshot exact = HealthyNodeAfter(0);
  FirstPeer(exact).age = absl::Hours(19);
  const absl::Time since = *observer.Observe(Seen(exact)).peers.front().since;
  Snapshot by_day = HealthyNodeAfter(1);
  FirstPeer(by_day).age = absl::Hours(30);  // since midnight of the day it came up
  FirstPeer(by_day).age_resolution = absl::Hours(24);
  const Report report = observer.Observe(Seen(by_day));
  CHECK(*report.peers.front().since == since);
  CHECK(report.peers.front().flaps == 0);
}

TEST_CASE("leaving Established is a flap, and so is coming back unseen between two polls") {
  Observer observer;
  observer.Observe(Seen(HealthyNodeAfter(0)));
  Snapshot down = HealthyNodeAfter(1);
  FirstPeer(down).state = ProtocolState::kStart;
  FirstPeer(down).bgp_state = BgpState::kConnect;
  FirstPeer(down).age = absl::Seconds(1);
  CHECK(observer.Observe(Seen(down)).peers.front().flaps == 1);
  Snapshot up = HealthyNodeAfter(2);
  FirstPeer(up).age = absl::Seconds(4);
  CHECK(observer.Observe(Seen(up)).peers.front().flaps == 1);
  Snapshot still_up = HealthyNodeAfter(3);
  FirstPeer(still_up).age = absl::Seconds(9);
  CHECK(observer.Observe(Seen(still_up)).peers.front().flaps == 1);
  Snapshot up_again = HealthyNodeAfter(4);
  FirstPeer(up_again).age = absl::Seconds(1);
  const Report report = observer.Observe(Seen(up_again));
  CHECK(report.peers.front().flaps == 2);
  CHECK(report.peers.back().flaps == 0);
}

TEST_CASE("a step of the wall clock is no flap") {
  Observer observer;
  observer.Observe(Seen(HealthyNodeAfter(0)));
  for (absl::Duration step : {absl::Hours(1), -absl::Hours(1)}) {
    Snapshot node = HealthyNodeAfter(1);
    node.taken_at += step;
    CHECK(observer.Observe(Seen(node)).peers.front().flaps == 0);
  }
}

TEST_CASE("what a BIRD said outlives its silence, marked by its reading, and is dropped after five minutes") {
  Observer observer;
  observer.Observe(Seen(HealthyNodeAfter(0)));
  const auto poll_without_bird = [&](absl::Duration later) {
    Snapshot node = HealthyNode();
    LetPass(later, node);
    LoseBird(node, absl::DeadlineExceededError("BIRD accepts, but is silent"));
    return observer.Observe(Seen(node));
  };
  const Report soon = poll_without_bird(absl::Seconds(10));
  CHECK_FALSE(ReadingOf(soon, "bird")->status.ok());
  CHECK(*ReadingOf(soon, "bird")->last_good == HealthyNode().taken_at);
  CHECK(soon.peers.size() == 2);
  CHECK_FALSE(VerdictOf(soon, "bgp_peer_down").judged.ok());
  CHECK(poll_without_bird(absl::Minutes(5)).peers.size() == 2);
  CHECK(poll_without_bird(absl::Minutes(5) + absl::Seconds(1)).peers.empty());
}

TEST_CASE("that a session was down when BIRD fell silent is nothing that another node lacks now") {
  Observer observer;
  const auto poll = [&](int polls, bool silent) {
    Snapshot node = HealthyNodeAfter(polls);
    FirstPeer(node).state = ProtocolState::kStart;
    FirstPeer(node).bgp_state = BgpState::kActive;
    if (silent) LoseBird(node, absl::DeadlineExceededError("BIRD accepts, but is silent"));
    const Report report = observer.Observe(Seen(node));
    return std::count_if(report.remote_nodes->rows.begin(), report.remote_nodes->rows.end(),
                         [](const RemoteNode& row) { return !row.IsComplete(); });
  };
  CHECK(poll(0, false) == 1);
  CHECK(poll(1, true) == 1);  // one look that failed makes no gap
  CHECK(poll(2, true) == 0);
}

TEST_CASE("a peer's since does not drift while BIRD is silent") {
  Observer observer;
  const absl::Time since = *observer.Observe(Seen(HealthyNodeAfter(0))).peers.front().since;
  Snapshot node = HealthyNodeAfter(10);
  LoseBird(node, absl::DeadlineExceededError("BIRD accepts, but is silent"));
  CHECK(*observer.Observe(Seen(node)).peers.front().since == since);
}

TEST_CASE("a node that never had a BIRD is not asked for one") {
  Observer observer;
  const Report report = observer.Observe(Seen(HealthyNodeAfter(0)));
  CHECK_FALSE(report.birds[Family::kIpv6].expected);
  CHECK(ReadingOf(report, "bird6") == nullptr);
}

TEST_CASE("a BIRD whose socket is gone is missing where it ran before") {
  Observer observer;
  observer.Observe(Seen(HealthyNodeAfter(0)));
  Snapshot node = HealthyNodeAfter(1);
  node.routes = std::vector<Route>{};
  LoseBird(node, absl::NotFoundError("no socket"));
  const Report report = observer.Observe(Seen(node));
  REQUIRE(ReadingOf(report, "bird") != nullptr);
  CHECK_FALSE(ReadingOf(report, "bird")->status.ok());
  CHECK_FALSE(VerdictOf(report, "bgp_peer_down").judged.ok());
}

TEST_CASE("a BIRD whose socket is gone is missing where its routes are still in the kernel") {
  Observer observer;
  Snapshot node = HealthyNodeAfter(0);
  LoseBird(node, absl::NotFoundError("no socket"));
  const Report report = observer.Observe(Seen(node));
  CHECK(report.birds[Family::kIpv4].expected);
  CHECK(ReadingOf(report, "bird") != nullptr);
}

TEST_CASE("a file that Calico wrote before and that is gone now is a failed source") {
  Observer observer;
  observer.Observe(Seen(HealthyNodeAfter(0)));
  Snapshot node = HealthyNodeAfter(1);
  node.endpoints = absl::NotFoundError("no endpoint-status");
  for (SourceReading& reading : node.sources)
    if (reading.name == "endpoint_status") reading.status = node.endpoints.status();
  CHECK(ReadingOf(observer.Observe(Seen(node)), "endpoint_status") != nullptr);
}

TEST_CASE("route changes are counted by family, owner and direction") {
  Observer observer;
  observer.Observe(Seen(HealthyNodeAfter(0)));
  Snapshot node = HealthyNodeAfter(1);
  std::erase_if(*node.routes, [](const Route& route) { return route.destination.ToString() == "192.168.36.0/26"; });
  const Report lost = observer.Observe(Seen(node));
  RouteChangeCounts expected = NoRouteChanges();
  expected[{Family::kIpv4, RouteOwner::kBird, RouteChange::kRemoved}] = 1;
  CHECK(lost.route_changes == expected);
  const Report back = observer.Observe(Seen(HealthyNodeAfter(2)));
  CHECK(back.route_changes.at({Family::kIpv4, RouteOwner::kBird, RouteChange::kAdded}) == 1);
}

TEST_CASE("kernel routes are counted by the peer that is their gateway") {
  Observer observer;
  Snapshot node = HealthyNodeAfter(0);
  node.routes->push_back(BlockRoute("192.168.219.64/26", "10.39.1.219"));
  const Report report = observer.Observe(Seen(node));
  CHECK(report.peers.front().kernel_routes == 2u);
  CHECK(report.peers.back().kernel_routes == 1u);
}

TEST_CASE("while routes cannot be read, a peer's kernel routes are unknown") {
  Observer observer;
  Snapshot node = HealthyNodeAfter(0);
  node.routes = absl::UnavailableError("netlink is gone");
  CHECK_FALSE(observer.Observe(Seen(node)).peers.front().kernel_routes.has_value());
}

TEST_CASE("what is remembered is one value: a copy of it goes on by itself") {
  State state;
  const Limits limits;
  Observe(state, Seen(HealthyNodeAfter(0)), {}, limits);
  State other = state;
  Snapshot down = HealthyNodeAfter(1);
  FirstPeer(down).bgp_state = BgpState::kConnect;
  FirstPeer(down).state = ProtocolState::kStart;
  CHECK(Observe(state, Seen(down), {}, limits).report.peers.front().flaps == 1);
  const Report report = Observe(other, Seen(HealthyNodeAfter(1)), {}, limits).report;
  CHECK(report.peers.front().flaps == 0);
  CHECK(report.polls == 2);
}

TEST_CASE("what a poll read is left as it was read") {
  Observer observer;
  observer.Observe(Seen(HealthyNodeAfter(0)));
  Snapshot node = HealthyNodeAfter(1);
  LoseBird(node, absl::NotFoundError("no socket"));
  node.routes = absl::UnavailableError("netlink is gone");
  const SnapshotPtr seen = Seen(node);
  observer.Observe(seen);
  CHECK(seen->routes.status() == absl::UnavailableError("netlink is gone"));
  CHECK(absl::IsNotFound(seen->birds[Family::kIpv4].status.status()));
  static_assert(
      std::is_same_v<decltype(ReadSnapshot(std::declval<RawNode&>(), absl::Now)), std::shared_ptr<const Snapshot>>);
}

TEST_CASE("what a BIRD said is dropped after five minutes, whatever becomes of the clock") {
  for (const absl::Duration step : {absl::Hours(9), -absl::Hours(9)}) {
    Observer observer;
    observer.Observe(Seen(HealthyNodeAfter(0)));
    const auto poll_without_bird = [&](absl::Duration later) {
      Snapshot node = HealthyNode();
      LetPass(later, node);
      node.taken_at += step;
      LoseBird(node, absl::DeadlineExceededError("BIRD accepts, but is silent"));
      return observer.Observe(Seen(node));
    };
    const Report soon = poll_without_bird(absl::Minutes(4));
    CHECK(soon.peers.size() == 2);
    CHECK(soon.taken_at - *ReadingOf(soon, "bird")->last_good == absl::Minutes(4));
    CHECK(poll_without_bird(absl::Minutes(5) + absl::Seconds(1)).peers.empty());
  }
}

TEST_CASE("on a healthy node a clock that is set makes no finding") {
  Observer observer;
  Snapshot node = HealthyNode();
  for (const absl::Duration step : {absl::ZeroDuration(), absl::Hours(9), -absl::Hours(18), absl::Hours(24 * 365)}) {
    node.taken_at += step;
    for (int poll = 0; poll < 3; ++poll) {
      LetPass(kInterval, node);
      const Report report = observer.Observe(Seen(node));
      for (const Verdict& verdict : report.verdicts) CHECK(verdict.findings.empty());
      for (const PeerReport& peer : report.peers) CHECK(report.taken_at - *peer.since >= absl::Hours(3));
    }
  }
}

}  // namespace
}  // namespace caliwatch
