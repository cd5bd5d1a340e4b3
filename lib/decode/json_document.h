// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <nlohmann/json_fwd.hpp>

namespace caliwatch {

// A stranger's JSON. InvalidArgument: it is none, is cut off, or nested more than `most_depth` deep.
absl::Status ParseJson(absl::string_view text, int most_depth, nlohmann::json& json);

}  // namespace caliwatch
