// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/verdict.h"

#include <algorithm>

namespace caliwatch {

bool Verdict::lacks_something() const { return !judged.ok() && !absl::IsNotFound(judged); }

size_t Verdict::RootCauses() const {
  return static_cast<size_t>(
      std::count_if(findings.begin(), findings.end(), [](const OpenFinding& open) { return !open.cause; }));
}

}  // namespace caliwatch
