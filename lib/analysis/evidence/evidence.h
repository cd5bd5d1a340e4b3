// SPDX-License-Identifier: Apache-2.0
#pragma once

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

// Felix does not follow what happens on the node: it says so itself, or is silent after it had spoken. What rests on
// its files, or on what it ought to have done by now, says nothing of workloads then. Where its health is unknown:
// false.
bool FelixIsAway(const Evidence& evidence);

// Why nothing is known of the family's BIRD; OK when it answers. NotFound: it does not run here. Unavailable: it has,
// and its socket is gone.
absl::Status WhyUnread(const Evidence& evidence, Family family);

}  // namespace caliwatch
