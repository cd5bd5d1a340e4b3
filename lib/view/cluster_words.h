// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a look at a cluster came to, in words; names are strangers', which whoever shows them makes fit for the place.

#include <string>

#include "lib/cluster/judge.h"

namespace caliwatch {

// "2 problems of the cluster; 3 of 12 nodes have findings of their own; 1 agent does not answer".
std::string ClusterHeadline(const ClusterReport& report);
// "explains 213 findings on 40 nodes"; "" where it explains none.
std::string ExplainsText(const OpenClusterFinding& open);
// "CRITICAL", "WARNING", "NO ANSWER", "UNKNOWN", "STARTING", "OK", "OLD": in which state a node is.
std::string NodeStateText(const NodeRow& row);
// What is wrong with it in a line: its worst finding and how many more; why it did not answer; "".
std::string NodeWhatText(const NodeRow& row);

}  // namespace caliwatch
