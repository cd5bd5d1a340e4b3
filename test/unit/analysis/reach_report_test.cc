// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/reach_report.h"

#include <algorithm>
#include <string>
#include <utility>

#include "lib/analysis/observe.h"
#include "test/support/catch.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

const IpAddress kOther = *IpAddress::Parse("10.39.1.36"), kTunnelThere = *IpAddress::Parse("192.168.36.0");

NodeProbe Round(ProbeResult through_tunnel) {
  return {.target = {.address = kOther, .tunnel_address = kTunnelThere, .tunnel = "vxlan.calico"},
          .node = {.result = ProbeResult::kAnswered, .answered_as = "node-36"},
          .overlay = ProbeOutcome{.result = through_tunnel}};
}

// An agent that asks, on VxlanNode, poll after poll.
struct Agent {
  Observer observer;
  absl::Duration since = absl::ZeroDuration();

  Report Poll(std::vector<NodeProbe> rounds) {
    Snapshot node = VxlanNode();
    LetPass(since += absl::Seconds(5), node);
    Journal journal;
    journal.probes.emplace().rounds = std::move(rounds);
    return observer.Observe(Seen(std::move(node)), journal);
  }
};

const Verdict& VerdictOf(const Report& report, absl::string_view check = "node_overlay_broken") {
  return *std::find_if(report.verdicts.begin(), report.verdicts.end(),
                       [&](const Verdict& verdict) { return verdict.check->name == check; });
}

TEST_CASE("where other nodes are asked, a poll says whom to ask next, and is not judged before somebody was") {
  Agent agent;
  const Report report = agent.Poll({});
  REQUIRE(report.reach);
  REQUIRE(report.reach->targets.size() == 2);
  CHECK(report.reach->targets[0].tunnel_address == kTunnelThere);
  CHECK(absl::IsNotFound(VerdictOf(report).judged));
  CHECK(VerdictOf(agent.Poll({Round(ProbeResult::kAnswered)})).judged.ok());
}

TEST_CASE("a tunnel that loses everything twice is a finding, and no more once it carries again") {
  Agent agent;
  agent.Poll({Round(ProbeResult::kAnswered)});
  agent.Poll({Round(ProbeResult::kNoAnswer)});
  CHECK(VerdictOf(agent.Poll({Round(ProbeResult::kNoAnswer)})).findings.empty());  // it holds for two polls
  const Report report = agent.Poll({});
  REQUIRE(VerdictOf(report).findings.size() == 1);
  CHECK(VerdictOf(report).findings.front().finding.who == "Node node-36 (10.39.1.36)");
  CHECK(VerdictOf(agent.Poll({Round(ProbeResult::kAnswered)})).findings.empty());
}

TEST_CASE("who asks nobody says what the agent found, for five minutes, and nothing of what it did not") {
  Agent agent;
  agent.Poll({Round(ProbeResult::kAnswered)});
  agent.Poll({Round(ProbeResult::kNoAnswer)});
  agent.Poll({Round(ProbeResult::kNoAnswer)});
  const auto look = [&](absl::Duration later) {
    Observer check({.polls_to_hold = 1}, agent.observer.kept());
    Snapshot node = VxlanNode();
    LetPass(agent.since + later, node);
    return check.Observe(Seen(std::move(node)));
  };
  CHECK(VerdictOf(look(absl::Seconds(1))).findings.size() == 1);
  CHECK_FALSE(look(absl::Seconds(1)).reach);
  CHECK(absl::IsNotFound(VerdictOf(look(absl::Minutes(6))).judged));
  agent.Poll({Round(ProbeResult::kAnswered)});
  CHECK(absl::IsNotFound(VerdictOf(look(absl::Seconds(1))).judged));
}

TEST_CASE("while the node's tables cannot be read, those are asked that were to be asked") {
  Agent agent;
  agent.Poll({});
  ReachHistory history;
  Report report = agent.Poll({});
  Snapshot node = VxlanNode();
  CHECK(ReportReach(history, node, report).targets.size() == 2);
  node.routes = absl::UnavailableError("gone");
  CHECK(ReportReach(history, node, report).targets.size() == 2);
  report.remote_nodes = absl::UnavailableError("gone");
  CHECK(ReportReach(history, VxlanNode(), report).targets.size() == 2);
}

}  // namespace
}  // namespace caliwatch
