// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "agent/cli/command_line.h"

namespace caliwatch {

// A script for the shell to read: it completes commands, flags, and values where they are words, names or files.
std::string CompletionScript(Shell shell);

// caliwatch(1), in the macros of man(7).
std::string ManualPage();

}  // namespace caliwatch
