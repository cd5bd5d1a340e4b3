// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/status_episodes.h"

#include <string>

#include <absl/strings/match.h>

#include "test/support/catch.h"
#include "test/support/judged_nodes.h"

namespace caliwatch {
namespace {

EpisodeSummary Episode(absl::Time ended_at, absl::Duration recovery, absl::Duration peers) {
  EpisodeSummary summary;
  summary.end = recovery + peers;
  summary.ended_at = ended_at;
  summary.phases = {{ConvergencePhase::kGracefulRestart, recovery}, {ConvergencePhase::kPeers, peers}};
  return summary;
}

TEST_CASE("a restart that was short is one grey line, and those before it are folded away") {
  Report report = ReportOf(HealthyNode());
  const absl::Time now = report.taken_at;
  report.birds[Family::kIpv4].convergence.past = {
      Episode(now - absl::Hours(1), absl::Seconds(1), absl::Seconds(2)),
      Episode(now - absl::Minutes(5), absl::Milliseconds(800), absl::Seconds(1))};
  const std::string html = RestartsHtml(report);
  CHECK(absl::StartsWith(html,
                         "<p class=\"quiet\"><time datetime=\"2027-01-15T07:55:00Z\">07:55:00 UTC</time>, IPv4: all "
                         "back after 1.8 s</p>\n<details id=\"restarts-before\"><summary>1 before</summary>"));
  CHECK_FALSE(absl::StrContains(html, "<svg"));
}

TEST_CASE("both families of one restart are told together") {
  Report report = ReportOf(HealthyNode());
  const absl::Time now = report.taken_at;
  for (const Family family : kFamilies)
    report.birds[family].convergence.past = {Episode(now - absl::Minutes(5), absl::Seconds(1), absl::Seconds(2))};
  CHECK_FALSE(absl::StrContains(RestartsHtml(report), "<details"));
  report.birds[Family::kIpv6].convergence.past.front().ended_at = now - absl::Hours(2);
  CHECK(absl::StrContains(RestartsHtml(report), "<summary>1 before</summary>"));
}

TEST_CASE("what took longer has a bar, all on one scale, and so has a restart under way, which is told first") {
  Report report = ReportOf(HealthyNode());
  const absl::Time now = report.taken_at;
  ConvergenceReport& convergence = report.birds[Family::kIpv4].convergence;
  convergence.past = {Episode(now - absl::Hours(1), absl::Seconds(240), absl::ZeroDuration()),
                      Episode(now - absl::Minutes(5), absl::Seconds(60), absl::Seconds(60))};
  convergence.past.front().blocking_peers = {{"Mesh_10_39_1_36", absl::Seconds(239)}};
  convergence.past.back().converged = false;
  convergence.phase = ConvergencePhase::kPeers;
  convergence.elapsed = absl::Seconds(42);
  convergence.blocking_peers = {{"Mesh_10_39_1_36", "10.39.1.36", PeerKind::kMesh, true}};
  const std::string html = RestartsHtml(report);
  CHECK(
      absl::StartsWith(html,
                       "<p class=\"critical\"><strong>IPv4:</strong> not back 42 s after BIRD restarted: sessions are "
                       "missing; waits for 10.39.1.36 (it has to dial)"));
  CHECK(absl::StrContains(html, "<rect class=\"peers\" x=\"0.0\" y=\"0\" width=\"175.0\""));
  CHECK(absl::StrContains(html, "<rect class=\"graceful_restart\" x=\"0.0\" y=\"0\" width=\"250.0\""));
  CHECK(absl::StrContains(html, "<rect class=\"peers\" x=\"250.0\" y=\"0\" width=\"250.0\""));
  CHECK(absl::StrContains(html, "<rect class=\"graceful_restart\" x=\"0.0\" y=\"0\" width=\"1000.0\""));
  CHECK(html.find("given up") < html.find("all back after 4 min 0 s"));
  CHECK(absl::StrContains(html, "waited for Mesh_10_39_1_36 (3 min 59 s)"));
}

TEST_CASE("where BIRD has not restarted, that is said, and of a node without BIRD nothing") {
  CHECK(absl::StrContains(RestartsHtml(ReportOf(HealthyNode())), "None since the agent knows this node."));
  CHECK(RestartsHtml(ReportOf(NodeWithoutBird())).empty());
}

}  // namespace
}  // namespace caliwatch
