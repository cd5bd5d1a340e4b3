// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <absl/strings/string_view.h>

namespace caliwatch {

// `bytes` with U+FFFD for each byte that is not part of well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates).
std::string ValidUtf8(absl::string_view bytes);

}  // namespace caliwatch
