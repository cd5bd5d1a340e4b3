// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include <absl/strings/string_view.h>

namespace caliwatch {

// The value of each series by its text, `name{label="value"}`.
using Series = std::map<std::string, double>;

// Reads Prometheus' text format 0.0.4 as strictly as promtool checks it: Must() names what is not as it should be.
Series SeriesFrom(absl::string_view metrics);

}  // namespace caliwatch
