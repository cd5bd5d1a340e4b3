// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/strings/string_view.h>

namespace caliwatch {

// Each element ends where it should, attributes are quoted, and no text breaks out of its place.
void MustBeHtml(absl::string_view page);

}  // namespace caliwatch
