// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <cstdlib>

#include <absl/strings/string_view.h>

namespace caliwatch {

// What holds for every input. Where it does not, the program ends, and libFuzzer keeps the input.
inline void Must(bool holds, absl::string_view what, absl::string_view found = "") {
  if (holds) return;
  std::fprintf(stderr, "It does not hold that %.*s: '%.*s'\n", static_cast<int>(what.size()), what.data(),
               static_cast<int>(found.size()), found.data());
  std::abort();
}

}  // namespace caliwatch
