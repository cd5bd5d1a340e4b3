// SPDX-License-Identifier: Apache-2.0
#include "lib/view/terminal/keys.h"

#include <map>

#include <absl/strings/match.h>
#include <absl/strings/string_view.h>

#include "lib/model/utf8.h"

namespace caliwatch {
namespace {

using Kind = Key::Kind;

constexpr size_t kLongest = 32;  // no key is longer; what goes on is not one

// By what follows the escape, which is "[" or "O" and this.
const std::map<absl::string_view, Kind> kSequences = {
    {"A", Kind::kUp},    {"B", Kind::kDown},  {"5~", Kind::kPageUp}, {"6~", Kind::kPageDown}, {"H", Kind::kHome},
    {"1~", Kind::kHome}, {"7~", Kind::kHome}, {"F", Kind::kEnd},     {"4~", Kind::kEnd},      {"8~", Kind::kEnd}};

// How long the sequence at the beginning of `bytes` is, an escape first; 0: its end has not come yet.
size_t SequenceLength(absl::string_view bytes) {
  if (bytes.size() == 1 || (bytes[1] != '[' && bytes[1] != 'O')) return 1;  // Escape itself
  for (size_t i = 2; i < bytes.size(); ++i) {
    if (i == kLongest) return i;
    if (bytes[i] >= '@' && bytes[i] <= '~') return i + 1;
  }
  return 0;
}

Key Sequence(absl::string_view bytes) {
  if (bytes.size() == 1) return {Kind::kEscape};
  const auto known = kSequences.find(bytes.substr(2));
  return {known == kSequences.end() ? Kind::kOther : known->second};
}

// Bytes of one character by its first, which says so; a lonely rest of one counts by itself.
size_t CharacterLength(unsigned char first) {
  if (first < 0xC0 || first > 0xF7) return 1;
  return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

Key Character(absl::string_view bytes) {
  if (bytes == "\r" || bytes == "\n") return {Kind::kEnter};
  if (bytes == "\177" || bytes == "\b") return {Kind::kErase};
  if (!IsPrintable(bytes)) return {Kind::kOther};
  return {Kind::kCharacter, std::string(bytes)};
}

}  // namespace

std::vector<Key> TakeKeys(std::string& bytes) {
  std::vector<Key> keys;
  absl::string_view rest = bytes;
  while (!rest.empty()) {
    const bool is_sequence = rest[0] == '\033';
    const size_t length = is_sequence ? SequenceLength(rest) : CharacterLength(static_cast<unsigned char>(rest[0]));
    if (length == 0 || length > rest.size()) break;
    const absl::string_view key = rest.substr(0, length);
    keys.push_back(is_sequence ? Sequence(key) : Character(key));
    rest.remove_prefix(length);
  }
  bytes = std::string(rest);
  return keys;
}

}  // namespace caliwatch
