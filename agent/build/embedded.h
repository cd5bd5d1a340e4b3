// SPDX-License-Identifier: Apache-2.0
#pragma once

// Files of this source tree that the program carries within itself; embed.cmake writes the code.

#include <vector>

#include <absl/strings/string_view.h>

namespace caliwatch {

struct EmbeddedFile {
  absl::string_view name;  // without its folder
  absl::string_view text;
};

const std::vector<EmbeddedFile>& WebFiles();  // lib/view/html: what the status page loads
const std::vector<EmbeddedFile>& Runbooks();  // docs/runbooks, one an alert

}  // namespace caliwatch
