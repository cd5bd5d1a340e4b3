// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/bird_table_query.h"

#include "lib/analysis/routes/route_counters.h"
#include "lib/analysis/routes/unprogrammed_routes.h"
#include "lib/analysis/routes/unreachable_routes.h"
#include "lib/model/bird_effort.h"

namespace caliwatch {
namespace {

const absl::Status kNoDoubt = absl::NotFoundError("BIRD's counters and the kernel agree");

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
  // Of a large table that is not worked out: it is asked for again late, and held meanwhile, whatever it explains.
  const bool judged = readable && kept_.ok() && routes_ <= kManyRoutes;
  const bool explains =
      judged && (!UnprogrammedRoutes(*kept_, seen).empty() || !UnreachableRoutes(seen, &*kept_).empty());
  in_vain_ = judged && !explains;
  explained_something_ = !kept_.ok() || explains;
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
  const bool moved = changed || disagreement_ != disagreement;
  ask_ = doubt && (!asked_ || seen.now - *asked_ >= RetryAfter(moved, asked_by_convergence));
  return kept_;
}

}  // namespace caliwatch
