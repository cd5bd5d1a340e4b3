// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include <absl/time/time.h>

namespace caliwatch {

// By the steady clock: steps of the wall clock neither stretch nor cut a wait.
class Deadline {
 public:
  explicit Deadline(absl::Duration within)
      : within_(within), end_(std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(within)) {}

  absl::Duration within() const { return within_; }
  int Milliseconds() const;  // that remain, rounded up, as poll() takes them; 0 once it has passed

 private:
  absl::Duration within_;
  std::chrono::steady_clock::time_point end_;
};

}  // namespace caliwatch
