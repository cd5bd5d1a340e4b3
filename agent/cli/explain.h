// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

namespace caliwatch {

// What a check or an alert means and what to do, without a network; an empty name: a list of all. NotFound says which
// names are like it.
absl::StatusOr<std::string> Explanation(absl::string_view name);
std::vector<std::string> ExplainableNames();

}  // namespace caliwatch
