// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <absl/strings/string_view.h>

namespace caliwatch {

// Whether `bytes` is well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates).
bool IsValidUtf8(absl::string_view bytes);

// `bytes` with U+FFFD for each byte that is not part of well-formed UTF-8.
std::string ValidUtf8(absl::string_view bytes);

// `bytes` fit to be shown, at a terminal, too: what is no character to see (control characters, marks that turn the
// direction of text or cannot be seen, bytes that are no UTF-8) becomes U+FFFD. Every output of names and of others'
// words goes through this or through PrintableJson().
std::string Printable(absl::string_view bytes);
// Whether that changes nothing.
bool IsPrintable(absl::string_view bytes);

// The same value as another JSON text: what is no character to see is written as \uXXXX. What JSON itself escapes must
// be escaped already.
std::string PrintableJson(std::string json);

// The first character of `text`, which is well-formed and not empty, taken off it.
char32_t TakeCharacter(absl::string_view& text);

}  // namespace caliwatch
