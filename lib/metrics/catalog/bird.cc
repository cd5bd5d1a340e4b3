// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "lib/metrics/metric.h"

namespace caliwatch {
namespace {

std::string Name(Family family) { return std::string(ToString(family)); }

using ReadStatus = std::function<void(Family, const BirdStatus&, Samples&)>;

// For each family whose BIRD has given its status, now or a poll ago.
auto OfStatus(ReadStatus read) {
  return [read = std::move(read)](const Exposed& exposed, Samples& samples) {
    for (Family family : kFamilies)
      if (const BirdReport& bird = exposed.report.birds[family]; bird.is_current() && bird.status.ok())
        read(family, *bird.status, samples);
  };
}

void ReadUp(const Exposed& exposed, Samples& samples) {
  for (Family family : kFamilies)
    if (const BirdReport& bird = exposed.report.birds[family]; bird.expected)
      samples.Add({Name(family)}, bird.reading && bird.reading->status.ok());
}

void ReadStart(const Exposed& exposed, Samples& samples) {
  for (Family family : kFamilies)
    if (const BirdReport& bird = exposed.report.birds[family]; bird.is_current() && bird.started)
      samples.Add({Name(family)}, static_cast<double>(absl::ToUnixSeconds(*bird.started)));
}

void ReadLocalAddress(const Exposed& exposed, Samples& samples) {
  for (Family family : kFamilies)
    if (const auto& address = exposed.report.birds[family].local_address)
      samples.Add({Name(family), address->ToString()}, 1);
}

const RegisterMetrics registered{
    {"caliwatch_bgp_local_address_info",
     MetricType::Gauge,
     "1; the address that most of this node's sessions are spoken from, or were when they were up last. What other "
     "nodes call this node.",
     {"family", "address"},
     ReadLocalAddress},
    {"caliwatch_bird_up",
     MetricType::Gauge,
     "1 if BIRD answers on its control socket, 0 if it should but does not. No series where this node runs no BIRD.",
     {"family"},
     ReadUp},
    {"caliwatch_bird_info",
     MetricType::Gauge,
     "1; what BIRD says of itself.",
     {"family", "version", "router_id"},
     OfStatus([](Family family, const BirdStatus& status, Samples& samples) {
       samples.Add({Name(family), status.version, status.router_id}, 1);
     })},
    {"caliwatch_bird_start_timestamp_seconds",
     MetricType::Gauge,
     "When BIRD started, by its own uptime.",
     {"family"},
     ReadStart},
    {"caliwatch_bird_graceful_restart_recovery",
     MetricType::Gauge,
     "1 while BIRD recovers from a restart and therefore keeps its routes out of the kernel.",
     {"family"},
     OfStatus([](Family family, const BirdStatus& status, Samples& samples) {
       samples.Add({Name(family)}, status.recovery.has_value());
     })},
    {"caliwatch_bird_graceful_restart_pending_protocols",
     MetricType::Gauge,
     "Protocols that BIRD's recovery still waits for; 0 outside recovery.",
     {"family"},
     OfStatus([](Family family, const BirdStatus& status, Samples& samples) {
       samples.Add({Name(family)}, status.recovery ? status.recovery->pending_protocols : 0);
     })},
    {"caliwatch_bird_graceful_restart_wait_remaining_seconds",
     MetricType::Gauge,
     "For how long BIRD's recovery will wait at most; 0 outside recovery.",
     {"family"},
     OfStatus([](Family family, const BirdStatus& status, Samples& samples) {
       samples.Add({Name(family)}, status.recovery ? absl::ToDoubleSeconds(status.recovery->wait_remaining) : 0);
     })},
};

}  // namespace
}  // namespace caliwatch
