// SPDX-License-Identifier: Apache-2.0
#include "lib/view/summary.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "test/support/catch.h"
#include "test/support/judged_nodes.h"

namespace caliwatch {
namespace {

Outcome OutcomeOf(const Snapshot& node) {
  const Report report = ReportOf(node);
  return Summarize(report).outcome;
}

TEST_CASE("a healthy node is clean, one with a finding is not, one that cannot be read is neither") {
  CHECK(OutcomeOf(HealthyNode()) == Outcome::kClean);
  CHECK(OutcomeOf(NodeWithPeerDown()) == Outcome::kFindings);
  CHECK(OutcomeOf(NodeWithoutLinks()) == Outcome::kCannotJudge);
}

TEST_CASE("a finding outweighs what cannot be judged") {
  Snapshot node = NodeWithPeerDown();
  node.links = absl::UnavailableError("netlink is gone");
  Fail(node, "links", node.links.status());
  CHECK(OutcomeOf(node) == Outcome::kFindings);
}

TEST_CASE("a source that no check needs still makes silence doubtful") {
  Snapshot node = HealthyNode();
  node.fdb = absl::UnavailableError("netlink is gone");
  Fail(node, "fdb", node.fdb.status());
  CHECK(OutcomeOf(node) == Outcome::kCannotJudge);
}

TEST_CASE("a node without BIRD is clean, one whose BIRD cannot be asked has a finding") {
  CHECK(OutcomeOf(NodeWithoutBird()) == Outcome::kClean);
  Snapshot node = HealthyNode();
  LoseBird(node, absl::DeadlineExceededError("BIRD is silent"));
  CHECK(OutcomeOf(node) == Outcome::kFindings);
}

TEST_CASE("while BIRD starts and calls its peers it is too early to say that nothing is wrong") {
  Snapshot node = HealthyNode();
  BirdStatus& status = *node.birds[Family::kIpv4].status;
  status.uptime = absl::Seconds(3);
  CHECK(OutcomeOf(node) == Outcome::kClean);
  TakeDown(node.birds[Family::kIpv4].peers->front());
  CHECK(OutcomeOf(node) == Outcome::kStarting);
  SECTION("a workload that is to speak BGP may never do so") {
    node.birds[Family::kIpv4].peers->front().kind = PeerKind::kLocalWorkload;
    node.birds[Family::kIpv4].peers->front().age = absl::Seconds(3);
    CHECK(OutcomeOf(node) == Outcome::kClean);
  }
  SECTION("once it had its time, a session that is down is a finding") {
    status.uptime = absl::Seconds(10);
    CHECK(OutcomeOf(node) == Outcome::kFindings);
  }
  SECTION("a configuration that has just come counts where it leaves no session at all") {
    status.uptime = absl::Hours(1);
    status.since_reconfiguration = absl::Seconds(3);
    for (BgpPeer& peer : *node.birds[Family::kIpv4].peers) peer.age = absl::Seconds(3);
    CHECK(OutcomeOf(node) == Outcome::kClean);
    TakeDown(node.birds[Family::kIpv4].peers->back());
    CHECK(OutcomeOf(node) == Outcome::kStarting);
  }
  SECTION("what could not be read weighs more") {
    Fail(node, "fdb", absl::UnavailableError("netlink is gone"));
    CHECK(OutcomeOf(node) == Outcome::kCannotJudge);
  }
}

TEST_CASE("a BIRD that recovers from a restart is not over with it") {
  Snapshot node = HealthyNode();
  node.birds[Family::kIpv4].status->recovery = GracefulRestartWait{1, absl::Seconds(238), absl::Seconds(240)};
  CHECK(OutcomeOf(node) == Outcome::kStarting);
}

OpenFinding Open(const std::string& subject, std::string remedy = "", std::optional<FindingId> cause = {}) {
  return {
      {InterfaceName{subject}, std::nullopt, "d", std::move(remedy)}, subject, absl::InfinitePast(), std::move(cause)};
}

TEST_CASE("the most important findings come first") {
  const CheckInfo info{
      .name = "a", .severity = Severity::kInfo, .summary = "", .impact = "", .meaning = "", .remedy = "of the check"};
  const CheckInfo critical{
      .name = "b", .severity = Severity::kCritical, .summary = "", .impact = "", .meaning = "", .remedy = ""};
  Report report;
  report.verdicts.push_back({&info, absl::OkStatus(), {Open("x")}});
  report.verdicts.push_back({&critical, absl::OkStatus(), {Open("y", "its own"), Open("z")}});
  const Summary summary = Summarize(report);
  const std::vector<CauseWithEffects>& findings = summary.causes;
  REQUIRE(findings.size() == 3);
  CHECK(findings[0].open->subject == "y");
  CHECK(findings[0].remedy() == "its own");
  CHECK(findings[1].open->subject == "z");
  CHECK(findings[2].check == &info);
  CHECK(findings[2].remedy() == "of the check");
}

TEST_CASE("what follows from a finding stands under it, and is not counted") {
  Report report;
  report.verdicts.push_back({AllCheckInfos()[0],
                             absl::OkStatus(),
                             {Open("effect", "", FindingId{std::string(AllCheckInfos()[1]->name), "x"})}});
  report.verdicts.push_back({AllCheckInfos()[1], absl::OkStatus(), {Open("x")}});
  const Summary summary = Summarize(report);
  REQUIRE(summary.causes.size() == 1);
  REQUIRE(summary.causes[0].effects.size() == 1);
  CHECK(summary.causes[0].effects[0].open->subject == "effect");
}

TEST_CASE("findings that want the same to be done are one group, which tells once what each of them breaks") {
  Report report;
  report.verdicts.push_back({AllCheckInfos()[0], absl::OkStatus(), {Open("a"), Open("b"), Open("c")}});
  report.verdicts[0].findings[0].finding.impact = "No IPv4.";
  report.verdicts[0].findings[1].finding.impact = "No IPv6.";
  report.verdicts[0].findings[2].finding.impact = "No IPv4.";
  const Summary summary = Summarize(report);
  REQUIRE(summary.groups.size() == 1);
  CHECK(summary.groups[0].impact() == "No IPv4. No IPv6.");
}

TEST_CASE("a verdict counts what is to be done, not whom it hits, and notes apart") {
  const CheckInfo note{
      .name = "a", .severity = Severity::kInfo, .summary = "", .impact = "", .meaning = "", .remedy = "look"};
  const CheckInfo critical{
      .name = "b", .severity = Severity::kCritical, .summary = "", .impact = "", .meaning = "", .remedy = "mend"};
  const CheckInfo warning{
      .name = "c", .severity = Severity::kWarning, .summary = "", .impact = "", .meaning = "", .remedy = "mend"};
  Report report;
  report.verdicts.push_back({&note, absl::OkStatus(), {Open("x"), Open("y")}});
  report.verdicts.push_back({&critical, absl::OkStatus(), {Open("ipv4"), Open("ipv6")}});
  report.verdicts.push_back({&warning, absl::OkStatus(), {Open("p"), Open("q", "another")}, 4000});
  const Summary summary = Summarize(report);
  CHECK(summary.problems == 3);
  CHECK(summary.critical == 1);
  CHECK(summary.notes == 1);
}

TEST_CASE("a problem is as old as the first of its findings") {
  Report report;
  report.verdicts.push_back({AllCheckInfos()[0], absl::OkStatus(), {Open("a"), Open("b")}});
  report.verdicts[0].findings[0].since = absl::FromUnixSeconds(90);
  report.verdicts[0].findings[1].since = absl::FromUnixSeconds(30);
  CHECK(Summarize(report).groups[0].since() == absl::FromUnixSeconds(30));
}

TEST_CASE("findings of one check are one group for each thing to do") {
  Report report;
  report.verdicts.push_back(
      {AllCheckInfos()[0], absl::OkStatus(), {Open("a", "this"), Open("b", "that"), Open("c", "this")}});
  const Summary summary = Summarize(report);
  REQUIRE(summary.groups.size() == 2);
  CHECK(summary.groups[0].remedy == "this");
  REQUIRE(summary.groups[0].findings.size() == 2);
  CHECK(summary.groups[0].findings[1] == &summary.causes[2]);
}

}  // namespace
}  // namespace caliwatch
