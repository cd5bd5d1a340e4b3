// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <nlohmann/json_fwd.hpp>

namespace caliwatch {

// InvalidArgument: it is no JSON, is cut off, or nested deeper than `most_depth`; says at which byte, and nothing of
// what stands there.
absl::StatusOr<nlohmann::json> JsonFrom(absl::string_view text, size_t most_depth = 64);

// Null, where `object` is none, or has no such member.
const nlohmann::json& MemberAt(const nlohmann::json& object, const char* key);
// "", where `object` is none, or it is no text.
std::string TextAt(const nlohmann::json& object, const char* key);

}  // namespace caliwatch
