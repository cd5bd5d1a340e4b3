// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "lib/cluster/judge.h"

namespace caliwatch {

// A look at a cluster as `caliwatch cluster` prints it: what is wrong with it, then a line a node, the worst first, and
// in what nodes differ.
std::string ClusterText(const ClusterReport& report);

// Of what is long, no more is printed than this; the rest is counted.
inline constexpr size_t kPrintedNodes = 200, kPrintedClusterFindings = 50;

}  // namespace caliwatch
