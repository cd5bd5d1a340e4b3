// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

#include "agent/exit_code.h"

namespace caliwatch {

// SIGTERM, SIGINT and SIGHUP wait for sigwait() from here on, in the calling thread and all that it makes later, so
// before the first of them; and whoever reads the log may go (SIGPIPE).
sigset_t HoldSignals();

// The end of the process, with `code`. Servers that do not answer and clients who say nothing can hold other threads
// for seconds; nothing they do is worth waiting for.
ExitCode Leave(ExitCode code);

}  // namespace caliwatch
