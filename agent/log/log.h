// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/view/log/log_record.h"

namespace caliwatch {

// Records go to stderr, by a thread of their own; those below `threshold` nowhere. Any thread may call these at any
// time. A reader of stderr who sleeps holds nobody up: the oldest lines are lost, and once he reads again, he is told
// how many. Whoever logs must ignore SIGPIPE, or a reader who goes ends the process.
void ConfigureLog(LogLevel threshold, LogFormat format);
void Log(const LogRecord& record);
// Waits until all that was logged is written, but not longer. Lines not written yet are lost with the process.
void FlushLog(absl::Duration patience);

// For the end of a thread's patience: says that `doing` failed with an exception, and throws none itself. For want of
// memory, the record may be lost.
void LogException(absl::string_view doing, const std::exception& error) noexcept;

}  // namespace caliwatch
