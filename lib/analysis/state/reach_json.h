// SPDX-License-Identifier: Apache-2.0
#pragma once

// The state file's rows of nodes that are not reached as they should be; as state_json.h has it.

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "lib/analysis/routes/node_reach.h"

namespace caliwatch {

nlohmann::json JsonOf(const std::vector<UnreachedNode>& nodes);
std::vector<UnreachedNode> UnreachedNodesFrom(const nlohmann::json& json);

}  // namespace caliwatch
