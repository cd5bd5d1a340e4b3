// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <absl/strings/string_view.h>

namespace caliwatch {

// `text` as a terminal's page of so many rows, over what was there before. What does not fit is counted in the last
// row.
std::string ScreenText(absl::string_view text, size_t rows);

}  // namespace caliwatch
