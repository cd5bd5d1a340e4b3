// SPDX-License-Identifier: Apache-2.0
#pragma once

// BIRD's own counters against the kernel's routes.

#include <cstdint>
#include <optional>
#include <vector>

#include "lib/model/bird_view.h"

namespace caliwatch {

// How many more routes BIRD gave to the kernel than the kernel has from it. Absent when either is unread.
std::optional<int64_t> RoutesLackingInKernel(const BirdView& seen);

// By how much BIRD's counters exceed the kernel's routes: what its kernel protocol exported, then how many of those
// that are there lead nowhere, then of each mesh peer what is preferred. Empty when either is unread.
std::vector<int64_t> Disagreement(const BirdView& seen);
// All of that is there, and zero.
bool CountersAgree(const std::vector<int64_t>& disagreement);

}  // namespace caliwatch
