// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <nlohmann/json_fwd.hpp>

namespace caliwatch {

// Of one text: as a tree, each may take a hundred bytes. A page of 500 blocks of the usual size has 100,000.
inline constexpr size_t kMostJsonValues = 5'000'000;

// InvalidArgument: it is no JSON, is cut off, nested deeper than `most_depth`, or has more values than that; says at
// which byte, and nothing of what stands there.
absl::StatusOr<nlohmann::json> JsonFrom(absl::string_view text, size_t most_depth = 64);

// OK, or at which byte the text is nested too deeply or has too many values. In one pass, before any tree is made.
absl::Status CheckJsonSize(absl::string_view text, size_t most_depth);

// Null, where `object` is none, or has no such member.
const nlohmann::json& MemberAt(const nlohmann::json& object, const char* key);
// "", where `object` is none, or it is no text.
std::string TextAt(const nlohmann::json& object, const char* key);

}  // namespace caliwatch
