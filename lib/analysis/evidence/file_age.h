// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "lib/analysis/evidence/moment.h"

namespace caliwatch {

// How long ago a file was written, which only the wall clock tells; but from then on that it was seen first, the clock
// that nobody sets counts on.
class FileAge {
 public:
  // Less than zero: the clock is behind the one that the file was written by.
  absl::Duration Follow(absl::Time written, const Moment& now);

 private:
  std::optional<absl::Time> written_;
  Moment first_;  // when it was seen with that time first, by a clock that may have been right
};

}  // namespace caliwatch
