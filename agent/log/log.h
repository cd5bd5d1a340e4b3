// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "lib/view/log/log_record.h"

namespace caliwatch {

// Records go to stderr; those below `threshold` nowhere. Any thread may call these at any time.
void ConfigureLog(LogLevel threshold, LogFormat format);
void Log(const LogRecord& record);

}  // namespace caliwatch
