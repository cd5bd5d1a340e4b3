// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

namespace caliwatch {

// docs/configuration.md with the table of all settings between its two marks made anew. InvalidArgument: `page` has not
// both marks.
absl::StatusOr<std::string> WithSettingsTable(absl::string_view page);

}  // namespace caliwatch
