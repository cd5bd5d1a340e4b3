// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace caliwatch {

// From so many routes on, a question about each of them costs BIRD 35 ms or more: it is asked less often.
inline constexpr size_t kManyRoutes = 10'000;

}  // namespace caliwatch
