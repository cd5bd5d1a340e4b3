// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include <absl/strings/string_view.h>

#include "lib/analysis/node_basics.h"
#include "lib/analysis/report.h"
#include "lib/analysis/workloads/node_workloads.h"

namespace caliwatch {

// Of the program and the kernel it runs on.
struct NodeVersions {
  std::string caliwatch, kernel;
};

// A node as the others may know it, as docs/node.schema.json describes it: one JSON object. All of one poll. The list
// of other nodes is as long as the cluster is large; without it, it is null.
std::string NodeJson(const Report& report, const NodeWorkloads& workloads, const NodeBasics& basics,
                     const NodeVersions& versions, bool with_other_nodes = true);

// No list of the document has more rows; what is beyond them is counted.
inline constexpr size_t kMostSessionsTold = 2'000, kMostNodesTold = 5'000, kMostFindingsTold = 200,
                        kMostOwnAddressesTold = 1'000;

}  // namespace caliwatch
