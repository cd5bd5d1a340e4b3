// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include <absl/strings/string_view.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/routes/unprogrammed_routes.h"

namespace caliwatch {

// A finding for each route of BIRD's table that the kernel lacks and `owner` is to program there; what WireGuard takes
// before is none. `finding_of` is given TroubleOfTunl0 as well, "" for IPv6. BIRD's table is asked for only when its
// counters and the kernel's routes disagree: while they agree there is nothing to judge, whatever else is unread.
Judgement JudgeUnprogrammed(
    const Evidence& evidence, RouteOwner owner,
    const std::function<Finding(const UnprogrammedRoute&, const LinkIndex&, absl::string_view)>& finding_of);

}  // namespace caliwatch
