// SPDX-License-Identifier: Apache-2.0
#pragma once

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

}  // namespace caliwatch
