// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "lib/model/kernel.h"

namespace caliwatch {

// Puts the routes of one dump in the order of Route::CompareKey. Routes of one key are ordered by their link, so that
// two dumps of the same routes are the same.
void SortDump(std::vector<Route>& routes);

}  // namespace caliwatch
