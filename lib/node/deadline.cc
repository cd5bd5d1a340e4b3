// SPDX-License-Identifier: Apache-2.0
#include "lib/node/deadline.h"

#include <algorithm>
#include <cstdint>

namespace caliwatch {

int Deadline::Milliseconds() const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now());
  return static_cast<int>(std::max<int64_t>(left.count(), 0));
}

}  // namespace caliwatch
