// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/felix_asker.h"

#include <exception>
#include <utility>

#include "agent/log/log.h"

namespace caliwatch {

FelixAsker::FelixAsker(Ask ask) : ask_(std::move(ask)) {
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void FelixAsker::Begin() {
  const std::lock_guard lock(mutex_);
  ++polls_;
  begun_.notify_all();
}

absl::StatusOr<std::string> FelixAsker::Latest() const {
  const std::lock_guard lock(mutex_);
  if (!answer_) return absl::NotFoundError("Felix has just been asked for the first time");
  if (answered_for_ + 1 < polls_) return absl::UnavailableError("Felix has been asked and has not answered yet");
  return *answer_;
}

void FelixAsker::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (begun_.wait(lock, stop, [&] { return polls_ != asked_for_; })) {
    const uint64_t poll = asked_for_ = polls_;
    lock.unlock();
    absl::StatusOr<std::string> answer = absl::ResourceExhaustedError("Felix could not be asked for want of memory");
    try {
      answer = ask_();
    } catch (const std::exception& error) {
      LogException("cannot ask Felix", error);
    }
    lock.lock();
    answer_ = std::move(answer);
    answered_for_ = poll;
  }
}

}  // namespace caliwatch
