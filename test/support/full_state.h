// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "lib/analysis/state/persistent_state.h"

namespace caliwatch {

// What an agent remembers in the middle of an episode, with everything in it that can be.
PersistentState FullState();

}  // namespace caliwatch
