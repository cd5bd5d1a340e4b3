// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <absl/strings/string_view.h>

namespace caliwatch {

// Text as one word of a POSIX shell's line, whatever is in it: an interface's name may hold any sign but white space
// and '/'.
std::string ShellWord(absl::string_view text);

}  // namespace caliwatch
