// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/recollection.h"

#include <algorithm>
#include <utility>

namespace caliwatch {
namespace {

std::vector<Prefix> DestinationsOf(const std::vector<ExpectedRoute>& routes) {
  std::vector<Prefix> destinations;
  destinations.reserve(routes.size());
  for (const ExpectedRoute& route : routes)
    if (destinations.empty() || destinations.back() != route.destination) destinations.push_back(route.destination);
  return destinations;
}

}  // namespace

void TakeBirdTable(const BirdView& seen, std::vector<ExpectedRoute> missing, UnprogrammedRoutesOfAnswer& before,
                   BirdRecollection& bird) {
  const bool recovers = seen.status != nullptr && seen.status->recovery;
  if (recovers) return;  // and nothing is missing yet
  bird.missing_routes = std::move(missing);
  if (!bird.table->ok() || !seen.bird_answers() || seen.routes == nullptr) return;
  bird.unprogrammed =
      before.Find(**bird.table, bird.answered.value_or(seen.now), seen, DestinationsOf(bird.missing_routes));
  std::erase_if(bird.missing_routes, [&](const ExpectedRoute& route) {
    const auto judged = std::lower_bound(
        bird.unprogrammed.begin(), bird.unprogrammed.end(), route.destination,
        [](const UnprogrammedRoute& row, const Prefix& destination) { return row.destination < destination; });
    return judged != bird.unprogrammed.end() && judged->destination == route.destination;
  });
}

const Table<BirdRoute>& BirdRecollection::NotAsked() {
  static const Table<BirdRoute> not_asked = absl::NotFoundError("not asked for");
  return not_asked;
}

bool FelixRecollection::IsBehind() const { return is_away || (answered && lasted && *lasted < kFelixCatchesUp); }

bool IsLoneLoss(const EndpointFiles& files, const FelixRecollection& felix) {
  return files.has_metrics && felix.answered && !felix.IsBehind() && felix.doubts.size() == 1 &&
         felix.doubts.begin()->second.doubt == FileDoubt::kNoInterface;
}

}  // namespace caliwatch
