// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/types/span.h>
#include <nlohmann/json_fwd.hpp>

namespace caliwatch {

// Of one text: as a tree, each may take a hundred bytes. A page of 500 blocks of the usual size has 100,000.
inline constexpr size_t kMostJsonValues = 5'000'000;

// InvalidArgument: it is no JSON, is cut off, nested deeper than `most_depth`, or has more values than that; says at
// which byte, and nothing of what stands there.
absl::StatusOr<nlohmann::json> JsonFrom(absl::string_view text, size_t most_depth = 64);

// The text with 0 for each object or list that is a member of one of these names, at whatever depth: of a large object
// most is never looked at, and a tree of it costs far more than to skip it. What is left out is not looked into; text
// that ends within it ends there here, too.
std::string WithoutMembers(absl::string_view text, absl::Span<const absl::string_view> names);

// Null, where `object` is none, or has no such member.
const nlohmann::json& MemberAt(const nlohmann::json& object, const char* key);
// "", where `object` is none, or it is no text.
std::string TextAt(const nlohmann::json& object, const char* key);

}  // namespace caliwatch
