// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace caliwatch {

// The folders of all recordings of nodes.
std::vector<std::string> RecordedNodes();

}  // namespace caliwatch
