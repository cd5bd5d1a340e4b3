// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/verdict.h"

#include <algorithm>

namespace caliwatch {

bool Verdict::lacks_something() const { return !judged.ok() && !absl::IsNotFound(judged); }

size_t Verdict::RootCauses() const {
  const auto listed = std::count_if(findings.begin(), findings.end(), [](const auto& open) { return !open.cause; });
  return static_cast<size_t>(listed) + unlisted_causes;
}

}  // namespace caliwatch
