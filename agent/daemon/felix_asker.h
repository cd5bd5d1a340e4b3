// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include <absl/status/statusor.h>

namespace caliwatch {

// Asks Felix for its health on a thread of its own, so that no poll waits for a Felix that hangs, and no more than once
// a poll, as Felix logs a line for each question while it is not ready.
class FelixAsker {
 public:
  using Ask = std::function<absl::StatusOr<std::string>()>;  // as AskFelix(); called on the asker's thread

  explicit FelixAsker(Ask ask);
  // Waits for the answer under way.
  ~FelixAsker() = default;

  // Asks for this poll, at once or when the answer under way is there. Any thread; neither of these waits.
  void Begin();
  // The answer that was begun for this poll or, while that is under way, for the one before. Unavailable: it is older
  // than that. NotFound: there is none yet.
  absl::StatusOr<std::string> Latest() const;

 private:
  void Run(const std::stop_token& stop);

  const Ask ask_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable_any begun_;
  uint64_t polls_ = 0;  // begun
  uint64_t asked_for_ = 0;
  std::optional<absl::StatusOr<std::string>> answer_;
  uint64_t answered_for_ = 0;

  std::jthread thread_;  // last: ends before what it uses
};

}  // namespace caliwatch
