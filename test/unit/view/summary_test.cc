// SPDX-License-Identifier: Apache-2.0
#include "lib/view/summary.h"

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
  const absl::Status silent = absl::DeadlineExceededError("BIRD is silent");
  node.bird(Family::kIpv4) = {silent, silent, silent};
  Fail(node, "bird", silent);
  CHECK(OutcomeOf(node) == Outcome::kFindings);
}

TEST_CASE("the most important findings come first") {
  const Check info{.name = "a",
                   .severity = Severity::kInfo,
                   .summary = "",
                   .impact = "",
                   .meaning = "",
                   .remedy = "of the check",
                   .run = {}};
  const Check critical{.name = "b",
                       .severity = Severity::kCritical,
                       .summary = "",
                       .impact = "",
                       .meaning = "",
                       .remedy = "",
                       .run = {}};
  Report report;
  report.verdicts.push_back({&info, absl::OkStatus(), {{{"x", "d", ""}, absl::InfinitePast()}}});
  report.verdicts.push_back({&critical,
                             absl::OkStatus(),
                             {{{"y", "d", "its own"}, absl::InfinitePast()}, {{"z", "d", ""}, absl::InfinitePast()}}});
  const Summary summary = Summarize(report);
  const std::vector<CauseWithEffects>& findings = summary.causes;
  REQUIRE(findings.size() == 3);
  CHECK(findings[0].open->finding.subject == "y");
  CHECK(findings[0].remedy() == "its own");
  CHECK(findings[1].open->finding.subject == "z");
  CHECK(findings[2].check == &info);
  CHECK(findings[2].remedy() == "of the check");
}

TEST_CASE("what follows from a finding stands under it, and is not counted") {
  Report report;
  report.verdicts.push_back({&AllChecks()[0],
                             absl::OkStatus(),
                             {{{"effect", "d"}, absl::InfinitePast(), FindingId{AllChecks()[1].name, "x"}}}});
  report.verdicts.push_back({&AllChecks()[1], absl::OkStatus(), {{{"x", "d"}, absl::InfinitePast()}}});
  const Summary summary = Summarize(report);
  REQUIRE(summary.causes.size() == 1);
  REQUIRE(summary.causes[0].effects.size() == 1);
  CHECK(summary.causes[0].effects[0].open->finding.subject == "effect");
}

TEST_CASE("findings of one check are one group for each thing to do") {
  Report report;
  report.verdicts.push_back({&AllChecks()[0],
                             absl::OkStatus(),
                             {{{"a", "d", "this"}, absl::InfinitePast()},
                              {{"b", "d", "that"}, absl::InfinitePast()},
                              {{"c", "d", "this"}, absl::InfinitePast()}}});
  const Summary summary = Summarize(report);
  REQUIRE(summary.groups.size() == 2);
  CHECK(summary.groups[0].remedy == "this");
  REQUIRE(summary.groups[0].findings.size() == 2);
  CHECK(summary.groups[0].findings[1] == &summary.causes[2]);
}

}  // namespace
}  // namespace caliwatch
