// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "lib/analysis/report.h"

namespace caliwatch {

// `this_node` of the report: what the node is, whatever may be wrong with it. Null: unknown.
nlohmann::ordered_json ThisNodeJson(const Report& report);

}  // namespace caliwatch
