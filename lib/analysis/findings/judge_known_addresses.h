// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "lib/analysis/evidence/known_address.h"
#include "lib/analysis/findings/check.h"

namespace caliwatch {

// For each BIRD whose address is at fault: what `finding_of` makes of it, which is given BIRD's peers as well. Not
// judged where FaultyAddress lacks a table.
Judgement JudgeKnownAddresses(
    const Evidence& evidence,
    const std::function<std::optional<Finding>(const KnownAddress&, const std::vector<BgpPeer>&)>& finding_of);

}  // namespace caliwatch
