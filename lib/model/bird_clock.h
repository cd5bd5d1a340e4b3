// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/time.h>

namespace caliwatch {

// BIRD 1.x prints whole seconds, projects them anew each time, and its clock stands still between two turns of its
// loop: one moment printed twice differs by up to 3.3 s.
inline constexpr absl::Duration kBirdJitter = absl::Seconds(4);

}  // namespace caliwatch
