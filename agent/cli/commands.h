// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/cli/command_line.h"

namespace caliwatch {

// Each runs one command to its end and says how the program is to exit. What went wrong has then been told on stderr.
ExitCode RunAgent(const CommandLine& command_line);
ExitCode RunCheck(const CommandLine& command_line);
ExitCode RunWatch(const CommandLine& command_line);
ExitCode RunExplain(const CommandLine& command_line);
ExitCode RunRecord(const CommandLine& command_line);

}  // namespace caliwatch
