// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "lib/analysis/findings/commands.h"

namespace caliwatch {

// What to type about a session that is down, by the cause that its diagnosis names: of the peer that the finding is
// about or, of one about a BIRD, of the first peer among `related`.
Commands CommandsForSession(const Finding& finding, const Evidence& evidence);

// BIRD's own words of the session: "show protocols all Mesh_10_39_1_12". Of several, the one of the finding's family.
Command ShowSession(const Finding& finding, const Evidence& evidence);

}  // namespace caliwatch
