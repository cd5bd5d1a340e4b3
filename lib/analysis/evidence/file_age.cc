// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/file_age.h"

#include <algorithm>

namespace caliwatch {

absl::Duration FileAge::Follow(absl::Time written, const Moment& now) {
  // Nothing is written in the future: then it was the clock that was wrong.
  if (written_ != written || first_.wall < written) first_ = now;
  written_ = written;
  const absl::Duration counted_on = (first_.wall - written) + (now.up - first_.up);
  return std::min(counted_on, now.wall - written);
}

}  // namespace caliwatch
