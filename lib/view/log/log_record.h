// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

namespace caliwatch {

enum class LogLevel { kDebug, kInfo, kWarn, kError };
enum class LogFormat { kLogfmt, kJson };

struct LogField {
  absl::string_view key;
  std::string value;

  bool operator==(const LogField&) const = default;
};

struct LogRecord {
  LogLevel level = LogLevel::kInfo;
  std::string message;
  std::vector<LogField> fields = {};

  bool operator==(const LogRecord&) const = default;
};

// One line without its end, valid UTF-8 whatever bytes the record holds: no value can break out of its place.
std::string FormatLogRecord(const LogRecord& record, absl::Time time, LogFormat format);

}  // namespace caliwatch
