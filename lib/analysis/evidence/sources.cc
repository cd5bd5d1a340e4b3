// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/sources.h"

#include <algorithm>

#include "lib/analysis/routes/bird_leftovers.h"
#include "lib/analysis/workloads/felix_traces.h"

namespace caliwatch {
namespace {

bool IsExpectedBird(absl::string_view source, const PerFamily<bool>& bird_expected) {
  return std::any_of(kFamilies.begin(), kFamilies.end(),
                     [&](Family family) { return source == BirdSource(family) && bird_expected[family]; });
}

// Whether a source that could not be read is one that this node has.
bool Applies(const SourceReading& reading, const SourceHistory& history) {
  // What it had and lost is a failure.
  if (history.last_good.contains(reading.name)) return true;
  // At Felix' port there may be anybody on a node without it.
  if (reading.name == kFelixSource && !history.felix_expected) return false;
  return !absl::IsNotFound(reading.status) || IsExpectedBird(reading.name, history.bird_expected);
}

SourceStatus StatusOf(const SourceReading& reading, SourceHistory& history, const Moment& now) {
  SourceStatus status{reading, std::nullopt, absl::ZeroDuration()};
  if (const auto last = history.last_good.find(reading.name); last != history.last_good.end()) {
    last->second = AsOf(last->second, now);
    status.last_good = last->second.wall;
    status.last_good_age = now.up - last->second.up;
  }
  status.failures = history.failures[reading.name];
  return status;
}

}  // namespace

const SourceStatus* FindSource(const std::vector<SourceStatus>& readings, absl::string_view name) {
  const auto found =
      std::find_if(readings.begin(), readings.end(), [&](const SourceStatus& reading) { return reading.name == name; });
  return found == readings.end() ? nullptr : &*found;
}

Sources FollowSources(SourceHistory& history, const Snapshot& seen) {
  // No socket means "not used here", unless BIRD ran here before or its routes say that it should.
  for (const Family family : kFamilies) {
    bool& expected = history.bird_expected[family];
    expected = expected || !absl::IsNotFound(seen.birds[family].status.status()) || RoutesProveBird(seen, family);
  }
  history.felix_expected = history.felix_expected || FindFelixTraces(seen).any();
  Sources sources{{}, history.bird_expected, history.felix_expected};
  const Moment now = MomentOf(seen);
  for (const SourceReading& reading : seen.sources) {
    if (reading.status.ok()) history.last_good[reading.name] = now;
    uint32_t& failures = history.failures[reading.name];
    failures = reading.status.ok() ? 0 : failures + 1;
    if (Applies(reading, history)) sources.readings.push_back(StatusOf(reading, history, now));
  }
  return sources;
}

}  // namespace caliwatch
