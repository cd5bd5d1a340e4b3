// SPDX-License-Identifier: Apache-2.0
#include "agent/build/version.h"

#include <absl/strings/str_cat.h>

namespace caliwatch {

absl::string_view Version() { return CALIWATCH_VERSION; }

absl::string_view Revision() { return CALIWATCH_REVISION; }

absl::string_view Compiler() {
#ifdef __clang__
  return "clang " __clang_version__;
#else
  return "g++ " __VERSION__;
#endif
}

std::string VersionText() {
  return absl::StrCat("caliwatch, version ", Version(), " (revision: ", Revision(), ")\n  compiler: ", Compiler(),
                      "\n");
}

}  // namespace caliwatch
