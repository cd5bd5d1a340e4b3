// SPDX-License-Identifier: Apache-2.0
#include "agent/log/log.h"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <poll.h>
#include <pthread.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

namespace caliwatch {
namespace {

// Lines that wait for their reader; spdlog takes 0.4 KB for each in advance.
constexpr size_t kMostWaiting = 128;
constexpr size_t kLongestValue = 4096;  // of a field

std::atomic<LogFormat> chosen_format = LogFormat::kLogfmt;

spdlog::level::level_enum SpdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kWarn:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kInfo:
      break;
  }
  return spdlog::level::info;
}

// However long it takes. A reader who has gone gets nothing; there may be another one later.
void WriteToStderr(std::string line) {
  line += '\n';
  for (absl::string_view rest = line; !rest.empty();) {
    const ssize_t wrote = write(STDERR_FILENO, rest.data(), rest.size());
    if (wrote >= 0) {
      rest.remove_prefix(static_cast<size_t>(wrote));
    } else if (errno == EAGAIN) {  // whoever shares it may have made it so
      pollfd room{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
      poll(&room, 1, -1);
    } else if (errno != EINTR) {
      return;
    }
  }
}

// Only the thread that writes comes here.
class StderrSink : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit StderrSink(spdlog::details::thread_pool& pool) : pool_(pool) {}
  uint64_t written() const { return written_; }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (const uint64_t lost = pool_.overrun_counter(); lost != lost_) {
      const LogRecord told{
          LogLevel::kWarn, "log lines were lost, as nobody read them in time", {{"lines", absl::StrCat(lost - lost_)}}};
      WriteToStderr(FormatLogRecord(told, absl::Now(), chosen_format));
      lost_ = lost;
    }
    WriteToStderr(std::string(message.payload.data(), message.payload.size()));
    ++written_;
  }
  void flush_() override {}

 private:
  spdlog::details::thread_pool& pool_;
  uint64_t lost_ = 0;
  std::atomic<uint64_t> written_ = 0;
};

// How long whoever logs more than a thread can write may be held up: a tenth of each second. So a reader who reads gets
// every line of a burst, and one who does not stops nobody.
class Patience {
 public:
  bool Take() {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (now - since_ > std::chrono::seconds(1)) {
      since_ = now;
      left_ = std::chrono::milliseconds(100) / kStep;
    }
    return left_ > 0 && left_-- > 0;
  }

  static constexpr std::chrono::milliseconds kStep{1};

 private:
  std::mutex mutex_;
  std::chrono::steady_clock::time_point since_ = {};
  int64_t left_ = 0;
};

// spdlog's queue, the thread that empties it, and its logger. Never destroyed: threads may log until the process is
// gone.
struct Output {
  // No signal is that thread's to take: it is there before the agent has blocked them.
  static void BlockSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
  }

  const std::shared_ptr<spdlog::details::thread_pool> pool =
      std::make_shared<spdlog::details::thread_pool>(kMostWaiting, 1, BlockSignals);
  const std::shared_ptr<StderrSink> sink = std::make_shared<StderrSink>(*pool);
  const std::shared_ptr<spdlog::async_logger> logger =
      std::make_shared<spdlog::async_logger>("caliwatch", sink, pool, spdlog::async_overflow_policy::overrun_oldest);
  std::atomic<uint64_t> logged = 0;
  Patience patience;
};

Output& TheOutput() {
  static auto* const output = new Output;
  return *output;
}

// What came from outside may be of any length, and up to kMostWaiting lines wait.
LogRecord Shortened(LogRecord record) {
  for (LogField& field : record.fields) {
    if (field.value.size() <= kLongestValue) continue;
    field.value.resize(kLongestValue);
    field.value += "...";
  }
  return record;
}

}  // namespace

void ConfigureLog(LogLevel threshold, LogFormat format) {
  chosen_format = format;
  TheOutput().logger->set_level(SpdlogLevel(threshold));
}

void Log(const LogRecord& record) {
  Output& output = TheOutput();
  const auto level = SpdlogLevel(record.level);
  if (!output.logger->should_log(level)) return;
  const std::string line = FormatLogRecord(Shortened(record), absl::Now(), chosen_format);
  while (output.pool->queue_size() > kMostWaiting / 2 && output.patience.Take())
    std::this_thread::sleep_for(Patience::kStep);
  ++output.logged;
  output.logger->log(level, spdlog::string_view_t(line.data(), line.size()));
}

void FlushLog(absl::Duration patience) {
  Output& output = TheOutput();
  const auto is_out = [&] { return output.sink->written() + output.pool->overrun_counter() >= output.logged; };
  const auto deadline = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(patience);
  while (!is_out() && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(Patience::kStep);
}

void LogException(absl::string_view doing, const std::exception& error) noexcept {
  try {
    Log({LogLevel::kError, std::string(doing), {{"error", error.what()}}});
  } catch (const std::exception&) {  // memory is short
  }
}

}  // namespace caliwatch
