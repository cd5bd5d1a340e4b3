// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <absl/time/time.h>

#include "lib/analysis/report.h"

namespace caliwatch {

// What the status page tells of restarts of BIRD: one under way with how far it is, the last one in a line, those
// before it folded away. Of those that are over, what took longer than kWorthABar has a bar, all on one scale; one
// under way always has, on the scale of how long it may take. Empty where this node runs no BIRD.
inline constexpr absl::Duration kWorthABar = absl::Seconds(10);
std::string RestartsHtml(const Report& report);

}  // namespace caliwatch
