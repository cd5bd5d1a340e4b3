// SPDX-License-Identifier: Apache-2.0
#include "lib/model/utf8.h"

#include <cstdint>

#include <absl/strings/str_cat.h>

namespace caliwatch {
namespace {

constexpr absl::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

bool IsContinuation(uint8_t byte) { return (byte & 0xc0) == 0x80; }

// Length of the well-formed character at the start of `bytes`, 0 if there is none. Ranges: RFC 3629, section 4.
size_t CharacterLength(absl::string_view bytes) {
  const auto at = [&](size_t i) { return i < bytes.size() ? static_cast<uint8_t>(bytes[i]) : uint8_t{0}; };
  const uint8_t first = at(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return IsContinuation(at(1)) ? 2 : 0;
  const bool second_fits = IsContinuation(at(1)) && !(first == 0xe0 && at(1) < 0xa0) &&
                           !(first == 0xed && at(1) > 0x9f) && !(first == 0xf0 && at(1) < 0x90) &&
                           !(first == 0xf4 && at(1) > 0x8f);
  if (first >= 0xe0 && first <= 0xef) return second_fits && IsContinuation(at(2)) ? 3 : 0;
  if (first >= 0xf0 && first <= 0xf4) return second_fits && IsContinuation(at(2)) && IsContinuation(at(3)) ? 4 : 0;
  return 0;
}

// Those that move the cursor, start an escape sequence, or turn the direction of what follows.
bool IsControl(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x200E && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

}  // namespace

bool IsValidUtf8(absl::string_view bytes) {
  while (!bytes.empty()) {
    const size_t length = CharacterLength(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

std::string ValidUtf8(absl::string_view bytes) {
  if (IsValidUtf8(bytes)) return std::string(bytes);
  std::string valid;
  valid.reserve(bytes.size());
  while (!bytes.empty()) {
    const size_t length = CharacterLength(bytes);
    if (length == 0) {
      valid.append(kReplacement.data(), kReplacement.size());
      bytes.remove_prefix(1);
    } else {
      valid.append(bytes.data(), length);
      bytes.remove_prefix(length);
    }
  }
  return valid;
}

std::string Printable(absl::string_view bytes) {
  const std::string valid = ValidUtf8(bytes);
  std::string printable;
  for (absl::string_view rest = valid; !rest.empty();) {
    const absl::string_view before = rest;
    const char32_t character = TakeCharacter(rest);
    absl::StrAppend(&printable, IsControl(character) ? kReplacement : before.substr(0, before.size() - rest.size()));
  }
  return printable;
}

char32_t TakeCharacter(absl::string_view& text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  char32_t character = length == 1 ? lead : lead & (0x7F >> length);
  for (size_t i = 1; i < length; ++i) character = character << 6 | (static_cast<unsigned char>(text[i]) & 0x3F);
  text.remove_prefix(length);
  return character;
}

}  // namespace caliwatch
