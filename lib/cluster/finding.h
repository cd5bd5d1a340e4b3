// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "lib/analysis/findings/finding.h"

namespace caliwatch {

// What no node sees alone, as one check sees it.
struct ClusterFinding {
  std::string subject;             // unique within its check: "n1 and n2", "10.48.40.129"
  std::string detail;              // what is wrong with it
  std::vector<std::string> nodes;  // whom it concerns
  std::vector<Command> commands;   // what to type, in this order; beside the check's remedy
  // As nodes' own findings have them for their subjects: what the other nodes say of these follows from this.
  std::vector<std::string> explains = {};
};

}  // namespace caliwatch
