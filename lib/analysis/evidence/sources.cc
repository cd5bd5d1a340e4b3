// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/sources.h"

#include <algorithm>

#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

bool HasBirdRoutes(const Snapshot& snapshot, Family family) {
  return snapshot.routes.ok() &&
         std::any_of(snapshot.routes->begin(), snapshot.routes->end(), [family](const Route& route) {
           return route.family() == family && OwnerOf(route) == RouteOwner::kBird;
         });
}

bool IsExpectedBird(absl::string_view source, const PerFamily<bool>& bird_expected) {
  return std::any_of(kFamilies.begin(), kFamilies.end(),
                     [&](Family family) { return source == BirdSource(family) && bird_expected[family]; });
}

}  // namespace

Sources FollowSources(SourceHistory& history, const Snapshot& seen) {
  // No socket means "not used here", unless BIRD ran here before or left its routes in the kernel.
  for (const Family family : kFamilies) {
    bool& expected = history.bird_expected[family];
    expected = expected || !absl::IsNotFound(seen.birds[family].status.status()) || HasBirdRoutes(seen, family);
  }
  Sources sources{{}, history.bird_expected};
  for (const SourceReading& reading : seen.sources) {
    const auto good = history.last_good.find(reading.name);
    // What this node never had does not apply to it; what it had and lost is a failure.
    if (absl::IsNotFound(reading.status) && !IsExpectedBird(reading.name, history.bird_expected) &&
        good == history.last_good.end())
      continue;
    if (reading.status.ok()) history.last_good[reading.name] = seen.taken_at;
    sources.readings.push_back({reading, std::nullopt});
    if (const auto last = history.last_good.find(reading.name); last != history.last_good.end())
      sources.readings.back().last_good = last->second;
  }
  return sources;
}

}  // namespace caliwatch
