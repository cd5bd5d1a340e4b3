// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <set>
#include <string>

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <nlohmann/json_fwd.hpp>

namespace caliwatch {

// Reads one JSON object of a stream, behind which another may follow. The items of its lists that are named in
// `streamed` are given to `take`, one by one, with what was read of the object before them; and are then forgotten.
// What else it holds is the result. NotFound: the stream is at its end. DataLoss: it ends within the object.
// InvalidArgument: it is no JSON, or one item is larger or deeper than any that Kubernetes takes.
using TakeItem = absl::FunctionRef<void(const nlohmann::json& before, const std::string& list, nlohmann::json item)>;
absl::StatusOr<nlohmann::json> ReadJsonItems(std::istream& in, const std::set<std::string>& streamed, TakeItem take);

}  // namespace caliwatch
