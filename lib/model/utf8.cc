// SPDX-License-Identifier: Apache-2.0
#include "lib/model/utf8.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

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

struct Range {
  char32_t first, last;
};

// Characters that are no sign to see, in order: controls, Unicode's formats (category Cf), line separators, variation
// selectors and fillers. They move the cursor, start an escape sequence, turn the direction of what follows, or make
// two names look the same.
constexpr Range kUnprintable[] = {
    {0x00, 0x1F},       {0x7F, 0x9F},       {0xAD, 0xAD},       {0x34F, 0x34F},     {0x600, 0x605},
    {0x61C, 0x61C},     {0x6DD, 0x6DD},     {0x70F, 0x70F},     {0x890, 0x891},     {0x8E2, 0x8E2},
    {0x115F, 0x1160},   {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x200B, 0x200F},   {0x2028, 0x202E},
    {0x2060, 0x206F},   {0x2800, 0x2800},   {0x3164, 0x3164},   {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},   {0xFFFE, 0xFFFF},   {0x110BD, 0x110BD}, {0x110CD, 0x110CD},
    {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

bool IsPrintable(char32_t c) {
  const auto* range = std::lower_bound(std::begin(kUnprintable), std::end(kUnprintable), c,
                                       [](const Range& one, char32_t character) { return one.last < character; });
  return range == std::end(kUnprintable) || c < range->first;
}

bool IsPlainAscii(absl::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

// `valid`, which is well-formed, with `replaced(character)` for what is not printable.
template <class Replaced>
std::string ReplaceUnprintable(absl::string_view valid, Replaced replaced) {
  std::string printable;
  printable.reserve(valid.size());
  while (!valid.empty()) {
    const absl::string_view before = valid;
    const char32_t character = TakeCharacter(valid);
    if (IsPrintable(character))
      printable.append(before.data(), before.size() - valid.size());
    else
      absl::StrAppend(&printable, replaced(character));
  }
  return printable;
}

std::string JsonEscape(char32_t c) {
  if (c < 0x80 && c != 0x7F) return std::string(1, static_cast<char>(c));
  if (c <= 0xFFFF) return absl::StrFormat("\\u%04x", static_cast<uint32_t>(c));
  const auto rest = static_cast<uint32_t>(c - 0x10000);
  return absl::StrFormat("\\u%04x\\u%04x", 0xD800 + (rest >> 10), 0xDC00 + (rest & 0x3FF));
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
  if (IsPlainAscii(bytes)) return std::string(bytes);
  return ReplaceUnprintable(ValidUtf8(bytes), [](char32_t) { return kReplacement; });
}

bool IsPrintable(absl::string_view bytes) { return IsPlainAscii(bytes) || Printable(bytes) == bytes; }

std::string PrintableJson(std::string json) {
  const bool is_ascii = std::all_of(json.begin(), json.end(), [](char c) { return c >= 0 && c < 0x7F; });
  return is_ascii ? std::move(json) : ReplaceUnprintable(ValidUtf8(json), JsonEscape);
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
