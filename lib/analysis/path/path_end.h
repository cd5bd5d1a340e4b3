// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include "lib/analysis/path/path.h"
#include "lib/analysis/path/path_evidence.h"
#include "lib/model/per_family.h"

namespace caliwatch {

using PathEnds = PerFamily<std::optional<PathEnd>>;

// Who is meant by an address; by "NAMESPACE/NAME", a pod of this node; or by a node's name, this node or a BGP peer
// that BIRD's configuration calls so. NotFound: this node knows nobody of that name; the message says what to give
// instead.
absl::StatusOr<PathEnds> FindPathEnd(absl::string_view name, const PathEvidence& evidence);

}  // namespace caliwatch
