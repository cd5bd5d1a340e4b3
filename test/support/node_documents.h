// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "lib/model/snapshot.h"

namespace caliwatch {

// What the agent of a node that looks so serves at /api/v1/node, at its second poll.
std::string ServedNode(const Snapshot& node);

}  // namespace caliwatch
