// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include "lib/analysis/path/path.h"
#include "lib/analysis/report.h"
#include "lib/analysis/state/persistent_state.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

// The way between two ends, as FindPathEnd() takes them, and the way back: one path for each address family that both
// have. `report` is what `node` came to, and must outlive the result.
// InvalidArgument: the ends have no family in common, or are one. NotFound: nobody knows one of the names.
// FailedPrecondition: no packet between them passes here as the kernel's tables have it. Else: what could not be read.
absl::StatusOr<std::vector<Path>> FindPaths(absl::string_view from, absl::string_view to, const Snapshot& node,
                                            const Report& report, const PersistentState& kept);

}  // namespace caliwatch
