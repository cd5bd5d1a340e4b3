// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>

#include "lib/analysis/evidence/derived.h"
#include "lib/analysis/evidence/recollection.h"
#include "lib/model/bird_view.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

// All that a check can ask for. It leads into what it was made of, and lives for one poll.
struct Evidence {
  const Snapshot& now;
  const PerFamily<BirdView>& birds;
  const Derived& derived;
  const Recollection& before;
};

// One BIRD that answers: `now` has status and peers.
struct BirdEvidence {
  const BirdView& now;
  const BirdRecollection& before;
};

// Why nothing is known of the family's BIRD; OK when it answers. NotFound: it does not run here. Unavailable: it has,
// and its socket is gone.
absl::Status WhyUnread(const Evidence& evidence, Family family);

// Calls `judge` for each BIRD of this node that answers. Returns why one that runs here does not.
absl::Status ForEachBird(const Evidence& evidence, absl::FunctionRef<void(const BirdEvidence&)> judge);

}  // namespace caliwatch
