// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "lib/analysis/evidence/derived.h"
#include "lib/analysis/report.h"
#include "lib/analysis/routes/route_lookup.h"
#include "lib/analysis/state/persistent_state.h"

namespace caliwatch {

// What hops are told of: one poll, what it came to, and what is remembered. It leads into what it was made of.
struct PathEvidence {
  const Snapshot& node;
  const Report& report;
  const PersistentState& kept;
  const Derived& derived;
  const LinkIndex& links;
  const RouteLookup& lookup;
};

}  // namespace caliwatch
