// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include <absl/functional/function_ref.h>

#include "lib/model/kernel_tables.h"
#include "lib/model/route_owner.h"

namespace caliwatch {

// Walks two dumps, both ordered by Route::CompareKey, and reports each route that only one of them holds. A route whose
// gateway, interface or type changed counts as removed and added; one whose flags changed (linkdown) is the same route.
void DiffRoutes(const std::vector<Route>& before, const std::vector<Route>& after,
                absl::FunctionRef<void(const Route&)> removed, absl::FunctionRef<void(const Route&)> added);

enum class RouteChange : uint8_t { kAdded, kRemoved };
constexpr absl::string_view ToString(RouteChange change) {  // the label `change`
  return change == RouteChange::kAdded ? "added" : "removed";
}
// Of table main.
using RouteChangeCounts = std::map<std::tuple<Family, RouteOwner, RouteChange>, uint64_t>;

// Each of them, at 0.
RouteChangeCounts NoRouteChanges();

// Adds what came and went between two dumps; nothing where one could not be read. `each` is told of the same changes.
void CountRouteChanges(
    const Table<Route>& before, const Table<Route>& after, RouteChangeCounts& counts,
    absl::FunctionRef<void(RouteChange, const Route&)> each = [](RouteChange, const Route&) {});

}  // namespace caliwatch
