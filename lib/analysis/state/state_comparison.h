// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "lib/analysis/state/persistent_state.h"

namespace caliwatch {

// Whether both would be kept by the same text, but for the expected routes. Many times cheaper than making the texts.
bool SameButRoutes(const PersistentState& a, const PersistentState& b);

}  // namespace caliwatch
