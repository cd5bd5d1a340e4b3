// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/metric.h"

namespace caliwatch {
namespace {

auto OfFelix(std::function<void(const FelixHealth&, Samples&)> read) {
  return [read = std::move(read)](const Exposed& exposed, Samples& samples) {
    if (const auto& health = exposed.report.felix.health; health.ok()) read(*health, samples);
  };
}

auto OfEachComponent(std::optional<bool> FelixComponent::*reported) {
  return OfFelix([reported](const FelixHealth& health, Samples& samples) {
    for (const FelixComponent& component : health.components)
      if (component.*reported && samples.rows().size() < kListCap)
        samples.Add({component.name}, *(component.*reported));
  });
}

void ReadUp(const Exposed& exposed, Samples& samples) {
  if (const auto& reading = exposed.report.felix.reading) samples.Add({}, reading->status.ok());
}

void ReadSince(const Exposed& exposed, Samples& samples) {
  if (exposed.report.felix.reading)
    samples.Add({}, static_cast<double>(absl::ToUnixSeconds(exposed.report.felix.since)));
}

const RegisterMetrics registered{
    {"caliwatch_felix_up",
     MetricType::Gauge,
     "1 if Felix answers when it is asked for its health (felix.health-address), 0 if it does not and should: it did "
     "since the agent started, or somebody listens there and says nothing. No series where nobody has listened: Felix' "
     "health may be off.",
     {},
     ReadUp},
    {"caliwatch_felix_live",
     MetricType::Gauge,
     "1 if Felix says that it is live, 0 if it says that one of its loops hangs.",
     {},
     OfFelix([](const FelixHealth& health, Samples& samples) { samples.Add({}, health.live); })},
    {"caliwatch_felix_ready",
     MetricType::Gauge,
     "1 if Felix says that it is ready, 0 if not: it starts, or has lost the datastore or Typha.",
     {},
     OfFelix([](const FelixHealth& health, Samples& samples) { samples.Add({}, health.ready); })},
    {"caliwatch_felix_component_live",
     MetricType::Gauge,
     "1 if this component of Felix reports that it is live, 0 if it reports otherwise or has not reported for too "
     "long. No series for what does not report liveness.",
     {"component"},
     OfEachComponent(&FelixComponent::live)},
    {"caliwatch_felix_component_ready",
     MetricType::Gauge,
     "The same of readiness.",
     {"component"},
     OfEachComponent(&FelixComponent::ready)},
    {"caliwatch_felix_state_since_timestamp_seconds",
     MetricType::Gauge,
     "Since when Felix has been as it is (ready, live but not ready, not live, not answering), as far as the agent "
     "knows.",
     {},
     ReadSince},
};

}  // namespace
}  // namespace caliwatch
