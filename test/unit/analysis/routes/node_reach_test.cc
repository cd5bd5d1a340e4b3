// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/node_reach.h"

#include <string>
#include <utility>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

IpAddress At(const std::string& text) { return *IpAddress::Parse(text); }

ProbeTarget Node(int number) {
  return {.address = At("10.0.0." + std::to_string(number)),
          .tunnel_address = At("10.9.0." + std::to_string(number)),
          .tunnel = "vxlan.calico"};
}

NodeProbe Reached(int number) {
  return {.target = Node(number),
          .node = {.result = ProbeResult::kAnswered,
                   .took = absl::Milliseconds(2),
                   .answered_as = "node" + std::to_string(number)},
          .overlay = ProbeOutcome{.result = ProbeResult::kAnswered,
                                  .took = absl::Milliseconds(3),
                                  .answered_as = "node" + std::to_string(number)},
          .tunnel_addresses = {*Node(number).tunnel_address},
          .asks_others = true};
}

NodeProbe Lost(int number) {
  NodeProbe round = Reached(number);
  round.overlay = ProbeOutcome{.result = ProbeResult::kNoAnswer};
  return round;
}

NodeProbe Refused(int number) { return {.target = Node(number), .node = {.result = ProbeResult::kRefused}}; }

// Polls five seconds apart.
struct Polls {
  ReachHistory history;
  BootTime now = absl::Hours(1);
  uint64_t received = 100;  // by the tunnel
  std::vector<IpAddress> askers = {};

  const std::vector<UnreachedNode>& Take(std::vector<NodeProbe> rounds) {
    now += absl::Seconds(5);
    LinkTraffic tunnel{.name = "vxlan.calico", .role = LinkRole::kTunnel, .total = {}};
    tunnel.total.received_packets = received;
    history.Follow({std::move(rounds), askers}, {tunnel}, now);
    return history.unreached();
  }
};

// Node 2 has once answered through the tunnel.
Polls WithHistory() {
  Polls polls;
  polls.Take({Reached(2)});
  return polls;
}

TEST_CASE("a node whose address answers twice, and whose tunnel twice in the same rounds does not, is told") {
  Polls polls = WithHistory();
  CHECK(polls.Take({Lost(2)}).empty());
  const BootTime first = polls.now;
  REQUIRE(polls.Take({Lost(2)}).size() == 1);
  const UnreachedNode& node = polls.history.unreached().front();
  CHECK(node.address == At("10.0.0.2"));
  CHECK(node.tunnel_address == At("10.9.0.2"));
  CHECK(node.path == ProbePath::kOverlay);
  CHECK(node.result == ProbeResult::kNoAnswer);
  CHECK(node.name == "node2");
  CHECK(node.rounds == 2);
  CHECK(node.since == first);
  CHECK(node.judged == polls.now);
  CHECK_FALSE(node.disowns);
  CHECK(polls.Take({Reached(2)}).empty());
}

TEST_CASE("one that is well in between begins anew") {
  Polls polls = WithHistory();
  polls.Take({Lost(2)});
  polls.Take({Reached(2)});
  CHECK(polls.Take({Lost(2)}).empty());
}

TEST_CASE("an agent that restarts, a node that is down and a port that a firewall stops are not judged") {
  Polls polls = WithHistory();
  for (const ProbeResult result :
       {ProbeResult::kRefused, ProbeResult::kNoAnswer, ProbeResult::kUnreachable, ProbeResult::kInvalid}) {
    NodeProbe round = Refused(2);
    round.node.result = result;
    for (int i = 0; i < 3; ++i) CHECK(polls.Take({round}).empty());
  }
  NodeProbe starts = Reached(2);  // listening at first at its own address alone
  for (const ProbeResult result : {ProbeResult::kRefused, ProbeResult::kInvalid}) {
    starts.overlay->result = result;
    for (int i = 0; i < 3; ++i) CHECK(polls.Take({starts}).empty());
  }
}

TEST_CASE("what was told stays told while its agent restarts, and for five minutes at most") {
  Polls polls = WithHistory();
  polls.Take({Lost(2)});
  polls.Take({Lost(2)});
  CHECK(polls.Take({Refused(2)}).size() == 1);
  CHECK(polls.history.unreached().front().name == "node2");
  polls.now += absl::Minutes(5) - absl::Seconds(10);
  CHECK(polls.Take({}).size() == 1);
  CHECK(polls.Take({}).empty());
}

TEST_CASE("where no node ever answered through the tunnel, it is told if the tunnel receives nothing at all") {
  Polls polls;
  polls.Take({Lost(2)});
  SECTION("it receives nothing") { CHECK(polls.Take({Lost(2)}).size() == 1); }
  SECTION("it does: a firewall may stop the question") {
    ++polls.received;
    CHECK(polls.Take({Lost(2)}).empty());
  }
}

TEST_CASE("where others answered, it is told of a node that would have asked us, being told of the doubt") {
  Polls polls;
  polls.Take({Reached(3)});
  NodeProbe round = Lost(2);
  SECTION("it asks others") {
    polls.Take({round});
    ++polls.received;
    CHECK(polls.Take({round}).size() == 1);
  }
  SECTION("it does not") {
    round.asks_others = false;
    polls.Take({round});
    ++polls.received;
    CHECK(polls.Take({round}).empty());
  }
}

TEST_CASE("a node that asked us through the tunnel meanwhile is reached: its firewall stops our question") {
  Polls polls = WithHistory();
  polls.askers = {At("10.9.0.2")};
  polls.Take({});
  polls.askers = {};
  polls.Take({Lost(2)});
  CHECK(polls.Take({Lost(2)}).size() == 1);  // that was before
  polls.askers = {At("10.0.0.2")};
  CHECK(polls.Take({Lost(2)}).size() == 1);  // not through the tunnel
  polls.askers = {At("10.9.0.2")};
  CHECK(polls.Take({Lost(2)}).empty());
  polls.askers = {};
  polls.now += absl::Minutes(2);
  CHECK(polls.Take({Lost(2)}).size() == 1);  // it would have asked again
}

TEST_CASE("another node that answers through the tunnel is told by its name") {
  Polls polls;
  NodeProbe round = Reached(2);
  round.overlay->answered_as = "node3";
  CHECK(polls.Take({round}).empty());
  REQUIRE(polls.Take({round}).size() == 1);
  CHECK(polls.history.unreached().front().instead == "node3");
  round.overlay->answered_as = "";  // one that does not say who it is proves nothing
  CHECK(polls.Take({round}).empty());
}

TEST_CASE("a tunnel address that its owner says it does not have is told as such") {
  Polls polls = WithHistory();
  NodeProbe round = Lost(2);
  round.tunnel_addresses = {At("10.9.0.77")};
  polls.Take({round});
  CHECK(polls.Take({round}).front().disowns);
  round.tunnel_addresses = {};
  CHECK_FALSE(polls.Take({round}).front().disowns);
}

TEST_CASE("large packets that are lost twice are told, for each path, with the direction where it is known") {
  Polls polls;
  NodeProbe round = Reached(2);
  round.node.result = round.overlay->result = ProbeResult::kSmallOnly;
  round.overlay->large_arrived = true;
  CHECK(polls.Take({round}).empty());
  REQUIRE(polls.Take({round}).size() == 2);
  CHECK(polls.history.unreached()[0].path == ProbePath::kNode);
  CHECK_FALSE(polls.history.unreached()[0].large_arrived);
  CHECK(polls.history.unreached()[1].path == ProbePath::kOverlay);
  CHECK(polls.history.unreached()[1].large_arrived);
  CHECK(polls.Take({Reached(2)}).empty());
}

TEST_CASE("small packets first lost and then large ones alone are two different faults") {
  Polls polls = WithHistory();
  polls.Take({Lost(2)});
  NodeProbe round = Reached(2);
  round.overlay->result = ProbeResult::kSmallOnly;
  CHECK(polls.Take({round}).empty());
  CHECK(polls.Take({round}).size() == 1);
}

TEST_CASE("how the others of the tunnel do is told with it") {
  Polls polls;
  NodeProbe other_tunnel = Lost(6);
  other_tunnel.target.tunnel = "tunl0";
  polls.Take({Reached(2), Reached(3), Lost(4), other_tunnel, Refused(5)});
  polls.Take({Lost(2)});
  polls.Take({Lost(2)});
  REQUIRE(polls.history.unreached().size() == 1);
  CHECK(polls.history.unreached().front().others_asked == 2);
  CHECK(polls.history.unreached().front().others_reached == 1);
}

TEST_CASE("another tunnel address of the same node begins anew") {
  Polls polls = WithHistory();
  polls.Take({Lost(2)});
  NodeProbe moved = Lost(2);
  moved.target.tunnel_address = At("10.9.0.99");
  CHECK(polls.Take({moved}).empty());
  CHECK(polls.Take({moved}).size() == 1);
}

TEST_CASE("a process that goes on from what another left tells it at once, and until it is well") {
  Polls polls = WithHistory();
  polls.Take({Lost(2)});
  const std::vector<UnreachedNode> left = polls.Take({Lost(2)});
  Polls next{.history = ReachHistory(left), .now = polls.now};
  CHECK(next.Take({}) == left);
  CHECK(next.Take({Lost(2)}).front().rounds == 3);
  CHECK(next.Take({Reached(2)}).empty());
}

TEST_CASE("rounds are counted by path and result, and times of those that were reached") {
  Polls polls;
  polls.Take({Reached(2), Lost(3), Refused(4)});
  const ReachReport report = polls.history.Finish(std::vector{Node(2), Node(3), Node(4)});
  const ProbeCounts &node = report.counts[0], &overlay = report.counts[1];
  CHECK(node.results == std::array<uint64_t, 6>{2, 0, 0, 0, 1, 0});
  CHECK(overlay.results == std::array<uint64_t, 6>{1, 0, 1, 0, 0, 0});
  CHECK(node.times[1] == 2);
  CHECK(overlay.times[2] == 1);
  CHECK(overlay.seconds == 0.003);
  CHECK(report.nodes == std::array<size_t, 4>{2, 0, 0, 1});
  CHECK(report.targets.size() == 3);
}

TEST_CASE("who is no target any more is forgotten; while targets are unknown, nobody is") {
  Polls polls = WithHistory();
  polls.history.Finish(std::vector{Node(2)});
  CHECK(polls.history.Finish(std::nullopt).targets.size() == 1);
  CHECK(polls.history.Claims().size() == 1);
  CHECK(polls.history.Finish(std::vector<ProbeTarget>{}).nodes == std::array<size_t, 4>{});
  CHECK(polls.history.Claims().empty());
}

TEST_CASE("what a node said of its tunnel's addresses is remembered while it does not answer") {
  Polls polls = WithHistory();
  polls.Take({Refused(2)});
  CHECK(polls.history.Claims() == TunnelClaims{{At("10.0.0.2"), {At("10.9.0.2")}}});
}

TEST_CASE("the first node that cannot be asked is told once, for all of them") {
  Polls polls;
  for (int i = 0; i < 2; ++i) polls.Take({Refused(2)});
  CHECK_FALSE(polls.history.Finish(std::vector{Node(2), Node(3)}).first_unjudged);
  polls.Take({Refused(2)});
  CHECK(polls.history.Finish(std::vector{Node(2), Node(3)}).first_unjudged == At("10.0.0.2"));
  for (int i = 0; i < 3; ++i) polls.Take({Refused(3)});
  CHECK_FALSE(polls.history.Finish(std::vector{Node(2), Node(3)}).first_unjudged);
}

NodeProbe LostWith(const TunnelTrial& trial) {
  NodeProbe round = Lost(2);
  round.overlay->trial = trial;
  return round;
}

DropsDamaged DropperOf(const UnreachedNode& node) { return WhoDropsDamaged(node.trial, node.trials); }

TEST_CASE("packets that are dropped for their checksum in two rounds in a row say at whose end") {
  Polls polls = WithHistory();
  polls.Take({LostWith({.damaged_there = 3, .received_there = 0})});
  const UnreachedNode node = polls.Take({LostWith({.damaged_there = 2, .received_there = 4})}).front();
  CHECK(node.trial == TunnelTrial{.damaged_there = 2, .received_there = 4});
  CHECK(node.trials == 2);
  CHECK(DropperOf(node) == DropsDamaged::kThere);
  CHECK(DropperOf(polls.Take({LostWith({.damaged_there = 1, .damaged_here = 9})}).front()) == DropsDamaged::kNone);
  CHECK_FALSE(polls.history.unreached().front().trial->received_there.has_value());

  Polls others = WithHistory();
  others.Take({LostWith({.damaged_here = 2})});
  CHECK(DropperOf(others.Take({LostWith({.damaged_here = 2})}).front()) == DropsDamaged::kHere);
  CHECK(DropperOf(others.Take({Lost(2)}).front()) == DropsDamaged::kNone);
  CHECK(DropperOf(others.Take({LostWith({.damaged_here = 2})}).front()) == DropsDamaged::kNone);
  CHECK(DropperOf(others.Take({LostWith({.damaged_here = 2})}).front()) == DropsDamaged::kHere);
}

TEST_CASE("what is dropped for its checksum is no firewall's") {
  Polls polls;
  for (const uint64_t damaged : {0, 2}) {
    NodeProbe round = LostWith({.damaged_there = damaged});
    round.asks_others = false;
    for (int i = 0; i < 2; ++i) {
      ++polls.received;
      polls.Take({round});
    }
    if (damaged == 0) CHECK(polls.history.unreached().empty());
    ++polls.received;
    polls.Take({round});
    CHECK(polls.history.unreached().size() == (damaged == 0 ? 0 : 1));
  }
}

TEST_CASE("what both ends counted is gone on with by a process that comes after") {
  Polls polls = WithHistory();
  polls.Take({LostWith({.damaged_there = 2})});
  Polls next{.history = ReachHistory(polls.Take({LostWith({.damaged_there = 2})})), .now = polls.now};
  CHECK(next.Take({LostWith({.damaged_there = 2})}).front().trials == 3);
}

}  // namespace
}  // namespace caliwatch
