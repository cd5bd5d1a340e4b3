// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace caliwatch {

// The folders of all recordings of nodes: the repository's own, and those beside it in ../shared, where that is.
std::vector<std::string> RecordedNodes();

}  // namespace caliwatch
