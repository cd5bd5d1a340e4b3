// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "lib/analysis/workloads/node_workloads.h"

namespace caliwatch {

// The addresses that a node uses, for programs, as docs/workloads.schema.json describes it: one JSON object.
std::string WorkloadsJson(const NodeWorkloads& node);

}  // namespace caliwatch
