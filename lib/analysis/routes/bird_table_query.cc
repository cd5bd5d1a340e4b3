// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/bird_table_query.h"

#include <algorithm>

#include "lib/analysis/routes/route_counters.h"
#include "lib/analysis/routes/unprogrammed_routes.h"
#include "lib/analysis/routes/unreachable_routes.h"
#include "lib/model/bird_effort.h"

namespace caliwatch {
namespace {

const absl::Status kNoDoubt = absl::NotFoundError("BIRD's counters and the kernel agree");
constexpr absl::Duration kSoon = absl::Minutes(1);  // where `show route` may take BIRD a third of a second

}  // namespace

absl::Duration BirdTableQuery::RetryAfter(bool moved, bool asked_by_convergence) const {
  if (routes_ > kManyRoutes) return absl::Minutes(5);
  if (moved) return absl::Seconds(10);
  return explained_something_ || asked_by_convergence ? absl::Seconds(30) : absl::Minutes(5);
}

void BirdTableQuery::TakeAnswer(const BirdView& seen, const Table<BirdRoute>& answer, bool readable) {
  asked_ = seen.now;
  kept_ = answer;
  counters_ = readable ? HashOfCounters(*seen.peers) : 0;
  routes_ = kept_.ok() ? kept_->size() : 0;
  const bool explains = readable && kept_.ok() &&
                        (!UnprogrammedRoutes(*kept_, seen).empty() || !UnreachableRoutes(seen, &*kept_).empty());
  in_vain_ = readable && kept_.ok() && !explains;
  // Of a large table nobody asks: it is asked for again late, whatever it explains.
  explained_something_ = !kept_.ok() || (explains && routes_ <= kManyRoutes);
}

const Table<BirdRoute>& BirdTableQuery::Follow(const BirdView& seen, const RouteTally& tally,
                                               const Table<BirdRoute>& answer, bool asked_by_convergence,
                                               int polls_to_doubt) {
  const bool readable = seen.bird_answers() && seen.routes != nullptr && !seen.status->recovery;
  const std::vector<int64_t> disagreement = Disagreement(seen, tally);
  const bool answered = !absl::IsNotFound(answer.status());
  if (answered) {
    TakeAnswer(seen, answer, readable);
    disagreement_ = disagreement;
  }
  const bool changed = readable && asked_ && counters_ != HashOfCounters(*seen.peers);
  polls_ = readable && !CountersAgree(disagreement) ? polls_ + 1 : 0;
  const bool doubt = asked_by_convergence || polls_ >= polls_to_doubt;
  if (!doubt || changed || (in_vain_ && !answered)) kept_ = kNoDoubt;
  const bool differs = disagreement_ != disagreement;
  absl::Duration retry = RetryAfter(changed || differs, asked_by_convergence);
  // What was dropped would tell now which route it is, however large it was.
  if (in_vain_ && differs) retry = std::min(retry, kSoon);
  ask_ = doubt && (!asked_ || seen.now - *asked_ >= retry);
  return kept_;
}

}  // namespace caliwatch
