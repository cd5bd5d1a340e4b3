// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>

#include <absl/strings/string_view.h>

#include "lib/view/log/log_record.h"

namespace caliwatch {

// Records go to stderr; those below `threshold` nowhere. Any thread may call these at any time.
void ConfigureLog(LogLevel threshold, LogFormat format);
void Log(const LogRecord& record);

// For the end of a thread's patience: says that `doing` failed with an exception, and throws none itself. For want of
// memory, the record may be lost.
void LogException(absl::string_view doing, const std::exception& error) noexcept;

}  // namespace caliwatch
