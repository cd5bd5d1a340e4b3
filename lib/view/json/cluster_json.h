// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "lib/cluster/judge.h"

namespace caliwatch {

// A look at a cluster, for programs, as docs/cluster.schema.json describes it: one JSON object.
std::string ClusterJson(const ClusterReport& report);

}  // namespace caliwatch
