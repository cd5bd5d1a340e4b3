// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <absl/strings/string_view.h>

#include "lib/analysis/path/path.h"
#include "lib/analysis/report.h"

namespace caliwatch {

// What a hop is made of: findings about these are findings about it.
struct HopThings {
  Family family = Family::kIpv4;
  std::vector<Thing> things;
  // Findings about a network that holds this address, too. Absent where the kernel has a good route to it all the same.
  std::optional<IpAddress> destination = {};
  HopEffect at_most = HopEffect::kCuts;  // that a finding has: less where the kernel shows that packets pass now
};

// Adds to `hop` what the checks have found about it, and makes its verdict no better than that.
void TakeFindings(const Report& report, const HopThings& things, Hop& hop);

// Makes the verdict no better than that, and says why; what is worse already stays.
void Worsen(Hop& hop, HopVerdict verdict, std::string why);

// Whether a check is among those that a hop asks, or among those that say nothing of packets on a path. False: it is in
// neither list.
bool IsPlacedOnPaths(absl::string_view check);

}  // namespace caliwatch
