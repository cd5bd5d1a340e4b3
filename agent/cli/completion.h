// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace caliwatch {

enum class Shell { kBash, kZsh };

// A script for the shell to read: it completes commands, flags, and values where they are words, names or files.
std::string CompletionScript(Shell shell);

}  // namespace caliwatch
