// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <absl/functional/function_ref.h>

#include "lib/model/kernel.h"

namespace caliwatch {

// Walks two dumps, both ordered by Route::CompareKey, and reports each route that only one of them holds. A route whose
// gateway, interface or type changed counts as removed and added; one whose flags changed (linkdown) is the same route.
void DiffRoutes(const std::vector<Route>& before, const std::vector<Route>& after,
                absl::FunctionRef<void(const Route&)> removed, absl::FunctionRef<void(const Route&)> added);

}  // namespace caliwatch
