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

TEST_CASE("a restart under way is told first, those before it as bars on one scale, the newest first") {
  Report report = ReportOf(HealthyNode());
  const absl::Time now = report.snapshot->taken_at;
  ConvergenceReport& convergence = report.birds[0].convergence;
  convergence.past = {Episode(now - absl::Hours(1), absl::Seconds(240), absl::ZeroDuration()),
                      Episode(now - absl::Minutes(5), absl::Seconds(60), absl::Seconds(60))};
  convergence.past.front().blocking_peers = {{"Mesh_10_39_1_36", absl::Seconds(239)}};
  convergence.past.back().converged = false;
  convergence.phase = ConvergencePhase::kPeers;
  convergence.elapsed = absl::Seconds(42);
  convergence.blocking_peers = {{"Mesh_10_39_1_36", "10.39.1.36", PeerKind::kMesh, true}};
  const std::string html = EpisodesHtml(report);
  CHECK(absl::StrContains(html,
                          "<strong>IPv4:</strong> not back 42 s after BIRD restarted: sessions are missing; waits for "
                          "10.39.1.36 (it has to dial)"));
  CHECK(absl::StrContains(html, "<rect class=\"graceful_restart\" x=\"0.0\" y=\"0\" width=\"250.0\""));
  CHECK(absl::StrContains(html, "<rect class=\"peers\" x=\"250.0\" y=\"0\" width=\"250.0\""));
  CHECK(absl::StrContains(html, "<rect class=\"graceful_restart\" x=\"0.0\" y=\"0\" width=\"1000.0\""));
  CHECK(html.find("given up") < html.find("all back after 4 min 0 s"));
  CHECK(absl::StrContains(html, "waited for Mesh_10_39_1_36 (3 min 59 s)"));
}

}  // namespace
}  // namespace caliwatch
