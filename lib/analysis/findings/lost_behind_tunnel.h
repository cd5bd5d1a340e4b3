// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <absl/strings/string_view.h>

#include "lib/analysis/evidence/evidence.h"
#include "lib/analysis/findings/finding.h"

namespace caliwatch {

// BIRD's best routes that the kernel refuses while it has none to that place: they lead nowhere, or by an interface
// that is down, as through tunl0. Empty where BIRD was not asked for its table.
std::vector<Prefix> RefusedForNothing(const Evidence& evidence, Family family);

// What a broken tunnel explains, for Finding::related: the tunnel itself; of the family that it carries, the gateways
// that routes are missing to and, of tunl0, which BIRD leads routes through, those that the kernel refuses.
std::vector<Thing> LostBehindTunnel(const Evidence& evidence, absl::string_view tunnel, Family family);

}  // namespace caliwatch
