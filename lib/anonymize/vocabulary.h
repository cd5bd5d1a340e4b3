// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/strings/string_view.h>

namespace caliwatch {

// Words that tell nothing of one cluster: BIRD's, Felix', the kernel's and our own, numbers, times, and interfaces that
// the system names by their place. Case counts.
bool IsHarmlessWord(absl::string_view word);

}  // namespace caliwatch
