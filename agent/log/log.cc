// SPDX-License-Identifier: Apache-2.0
#include "agent/log/log.h"

#include <atomic>
#include <memory>

#include <absl/time/clock.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace caliwatch {
namespace {

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

// Never destroyed: threads may log until the process is gone.
spdlog::logger& Logger() {
  static spdlog::logger* const logger = [] {
    auto* made = new spdlog::logger("caliwatch", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    return made;
  }();
  return *logger;
}

}  // namespace

void ConfigureLog(LogLevel threshold, LogFormat format) {
  chosen_format = format;
  Logger().set_level(SpdlogLevel(threshold));
}

void Log(const LogRecord& record) {
  const auto level = SpdlogLevel(record.level);
  if (!Logger().should_log(level)) return;
  const std::string line = FormatLogRecord(record, absl::Now(), chosen_format);
  Logger().log(level, spdlog::string_view_t(line.data(), line.size()));
}

void LogException(absl::string_view doing, const std::exception& error) noexcept {
  try {
    Log({LogLevel::kError, std::string(doing), {{"error", error.what()}}});
  } catch (const std::exception&) {  // memory is short
  }
}

}  // namespace caliwatch
