// SPDX-License-Identifier: Apache-2.0
#include "lib/model/utf8.h"

#include <cstdint>

namespace caliwatch {
namespace {

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

}  // namespace

std::string ValidUtf8(absl::string_view bytes) {
  std::string valid;
  valid.reserve(bytes.size());
  while (!bytes.empty()) {
    const size_t length = CharacterLength(bytes);
    if (length == 0) {
      valid += "\xef\xbf\xbd";
      bytes.remove_prefix(1);
    } else {
      valid.append(bytes.data(), length);
      bytes.remove_prefix(length);
    }
  }
  return valid;
}

}  // namespace caliwatch
