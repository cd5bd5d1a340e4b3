// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/route_doubt.h"

#include "lib/analysis/expectation.h"
#include "lib/analysis/unprogrammed_routes.h"

namespace caliwatch {

absl::Duration RouteDoubt::Patience() const {
  constexpr size_t kManyRoutes = 10'000;  // 35 ms of BIRD's time
  const bool costly = kept_.ok() && kept_->size() > kManyRoutes;
  return fruitful_ && !costly ? absl::Seconds(30) : absl::Minutes(5);
}

void RouteDoubt::Follow(const FamilyView& seen, bool missed, Bird& bird) {
  if (!absl::IsNotFound(bird.routes.status())) {
    asked_ = seen.now;
    kept_ = bird.routes;
    fruitful_ = missed || !kept_.ok() ||
                (seen.routes != nullptr && seen.bird_answers() && !UnprogrammedRoutes(*kept_, seen).empty());
  }
  const bool readable = seen.bird_answers() && seen.routes != nullptr && !seen.status->recovery;
  polls_ = readable && !CountersAgree(seen) ? polls_ + 1 : 0;
  const bool doubt = missed || polls_ >= 2;
  if (!doubt) kept_ = absl::NotFoundError("BIRD's counters and the kernel agree");
  bird.routes = kept_;
  wants_ = doubt && (!asked_ || seen.now - *asked_ >= (missed ? absl::Seconds(30) : Patience()));
}

}  // namespace caliwatch
