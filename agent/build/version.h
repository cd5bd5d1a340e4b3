// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <absl/strings/string_view.h>

namespace caliwatch {

absl::string_view Version();   // "0.1.0"
absl::string_view Revision();  // of the source, as git describes it; "unknown" outside a checkout
absl::string_view Compiler();  // "g++ 12.2.0"

// What `caliwatch version` prints.
std::string VersionText();

}  // namespace caliwatch
