// SPDX-License-Identifier: Apache-2.0
#pragma once

// BIRD's own counters against the kernel's routes.

#include <cstdint>
#include <optional>
#include <vector>

#include "lib/analysis/routes/route_tally.h"
#include "lib/model/bird_view.h"

namespace caliwatch {

// How many routes BIRD's kernel protocol has exported; 0 where protocols are unread.
int64_t ExportedToKernel(const BirdView& seen);

// How many more routes BIRD gave to the kernel than the kernel has from it. Absent when either is unread.
std::optional<int64_t> RoutesLackingInKernel(const BirdView& seen);

// By how much BIRD's counters exceed the kernel's routes: what its kernel protocol exported, then how many of those
// that are there lead nowhere, then of each mesh peer what is preferred. Empty when either is unread. `tally` is that
// of these routes.
std::vector<int64_t> Disagreement(const BirdView& seen, const RouteTally& tally);
// All of that is there, and zero.
bool CountersAgree(const std::vector<int64_t>& disagreement);

}  // namespace caliwatch
