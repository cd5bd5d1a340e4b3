// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/config/load_config.h"
#include "agent/exit_code.h"

namespace caliwatch {

// Watches this node and serves what it sees, until a signal ends it; SIGHUP reads `source` again. The process must then
// end by the code returned, and will, at the latest a moment later. What went wrong is on stderr.
ExitCode RunAgent(const ConfigSource& source);

}  // namespace caliwatch
