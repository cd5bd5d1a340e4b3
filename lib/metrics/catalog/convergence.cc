// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "lib/metrics/metric.h"

namespace caliwatch {
namespace {

std::string Name(Family family) { return std::string(ToString(family)); }

using ReadFamily = std::function<void(std::vector<std::string> labels, const BirdReport&, Samples&)>;

// For each family that this node runs BIRD for.
auto OfEachBird(ReadFamily read) {
  return [read = std::move(read)](const Exposed& exposed, Samples& samples) {
    for (Family family : kFamilies)
      if (const BirdReport& bird = exposed.report.birds[family]; bird.expected) read({Name(family)}, bird, samples);
  };
}

auto Value(double (*value)(const BirdReport&)) {
  return OfEachBird([value](std::vector<std::string> labels, const BirdReport& bird, Samples& samples) {
    samples.Add(std::move(labels), value(bird));
  });
}

auto Gauge(double (*value)(const ConvergenceReport&)) {
  return OfEachBird([value](std::vector<std::string> labels, const BirdReport& bird, Samples& samples) {
    samples.Add(std::move(labels), value(bird.convergence));
  });
}

void ReadPhase(std::vector<std::string> labels, const BirdReport& bird, Samples& samples) {
  for (const ConvergencePhase phase : kConvergencePhases)
    samples.Add({labels[0], std::string(ToString(phase))}, bird.convergence.phase == phase);
}

void ReadLastPhases(std::vector<std::string> labels, const BirdReport& bird, Samples& samples) {
  if (bird.convergence.last() == nullptr) return;
  for (const auto& [phase, seconds] : bird.convergence.last()->phases)
    samples.Add({labels[0], std::string(ToString(phase))}, absl::ToDoubleSeconds(seconds));
}

void ReadBlockingPeers(std::vector<std::string> labels, const BirdReport& bird, Samples& samples) {
  std::set<std::vector<std::string>> shown;
  for (const BlockingPeer& peer : bird.convergence.blocking_peers)
    if (shown.size() < kListCap) shown.insert({labels[0], peer.address, std::string(ToString(peer.kind))});
  for (const std::vector<std::string>& each : shown) samples.Add(each, 1);
}

void ReadDurations(std::vector<std::string> labels, const BirdReport& bird, Samples& samples) {
  const ConvergenceCounts& counts = bird.convergence.counts;
  samples.Add(std::move(labels), HistogramValue{{kConvergenceBounds.begin(), kConvergenceBounds.end()},
                                                {counts.durations.begin(), counts.durations.end()},
                                                counts.duration_sum});
}

void ReadEpisodes(std::vector<std::string> labels, const BirdReport& bird, Samples& samples) {
  samples.Add({labels[0], "converged"}, static_cast<double>(bird.convergence.counts.converged));
  samples.Add({labels[0], "incomplete"}, static_cast<double>(bird.convergence.counts.incomplete));
}

// The kernel's routes decide.
void ReadMissing(const Exposed& exposed, Samples& samples) {
  if (!exposed.report.kernel.routes.ok()) return;
  Gauge([](const ConvergenceReport& report) { return static_cast<double>(report.missing_routes); })(exposed, samples);
}

const RegisterMetrics registered{
    {"caliwatch_convergence_elapsed_seconds",
     MetricType::Gauge,
     "For how long BIRD has been back from a restart without all its peers and routes being back, too; 0 when they "
     "are.",
     {"family"},
     Gauge([](const ConvergenceReport& report) { return absl::ToDoubleSeconds(report.elapsed); })},
    {"caliwatch_convergence_last_seconds",
     MetricType::Gauge,
     "From BIRD's start until all was back, at its last restart. No series before the first one seen.",
     {"family"},
     OfEachBird([](std::vector<std::string> labels, const BirdReport& bird, Samples& samples) {
       if (const EpisodeSummary* last = bird.convergence.last(); last != nullptr)
         samples.Add(std::move(labels), absl::ToDoubleSeconds(last->duration()));
     })},
    {"caliwatch_convergence_last_phase_seconds",
     MetricType::Gauge,
     "The last convergence, by phase: bird_down (before BIRD's start, not in the sum), graceful_restart, peers, "
     "programming.",
     {"family", "phase"},
     OfEachBird(ReadLastPhases)},
    {"caliwatch_convergence_duration_seconds",
     MetricType::Histogram,
     "From BIRD's start until all was back, of all restarts that converged.",
     {"family"},
     OfEachBird(ReadDurations)},
    {"caliwatch_convergence_phase",
     MetricType::Gauge,
     "1 for the phase that the family is in: bird_down, graceful_restart (BIRD keeps routes back), peers (expected "
     "sessions are missing), programming (expected routes are), converged.",
     {"family", "phase"},
     OfEachBird(ReadPhase)},
    {"caliwatch_convergence_episodes_total",
     MetricType::Counter,
     "Restarts of BIRD by how they ended: converged, or incomplete after ten minutes.",
     {"family", "outcome"},
     OfEachBird(ReadEpisodes)},
    {"caliwatch_convergence_blocking_peer",
     MetricType::Gauge,
     "1 for each peer that convergence waits for now; at most 20 of them.",
     {"family", "peer", "kind"},
     OfEachBird(ReadBlockingPeers)},
    {"caliwatch_expected_routes_missing",
     MetricType::Gauge,
     "Destinations that the kernel had a route to when all was well, and has none to now, though nobody withdrew them.",
     {"family"},
     ReadMissing},
    {"caliwatch_route_gap_seconds",
     MetricType::Gauge,
     "For how long the kernel lacked an expected route, the longest of all, in the convergence under way or the last.",
     {"family"},
     Gauge([](const ConvergenceReport& report) { return absl::ToDoubleSeconds(report.gap.longest); })},
    {"caliwatch_route_gap_prefix_seconds",
     MetricType::Gauge,
     "The same, added up over all expected routes.",
     {"family"},
     Gauge([](const ConvergenceReport& report) { return absl::ToDoubleSeconds(report.gap.prefix_time); })},
    {"caliwatch_bird_restarts_total",
     MetricType::Counter,
     "Restarts of BIRD. Kept over restarts of the agent.",
     {"family"},
     Gauge([](const ConvergenceReport& report) { return static_cast<double>(report.counts.restarts); })},
    {"caliwatch_bird_reconfigurations_total",
     MetricType::Counter,
     "Configurations that BIRD took over while it ran. Kept over restarts of the agent.",
     {"family"},
     Value([](const BirdReport& bird) { return static_cast<double>(bird.counts.reconfigurations); })},
    {"caliwatch_bird_config_errors_total",
     MetricType::Counter,
     "Configurations that BIRD refused; it goes on with the one before. Kept over restarts of the agent.",
     {"family"},
     Value([](const BirdReport& bird) { return static_cast<double>(bird.counts.config_errors); })},
};

}  // namespace
}  // namespace caliwatch
