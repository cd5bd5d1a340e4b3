// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <absl/strings/string_view.h>

namespace caliwatch {

// As a value in a URL's query: all but letters, digits and -._~ becomes %XX (RFC 3986).
std::string UrlEscaped(absl::string_view text);

}  // namespace caliwatch
