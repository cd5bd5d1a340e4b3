// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace caliwatch {

struct Key {
  enum class Kind { kCharacter, kUp, kDown, kPageUp, kPageDown, kHome, kEnd, kEnter, kErase, kEscape, kOther };

  Kind kind = Kind::kOther;
  std::string text = {};  // of a character that can be shown, in UTF-8

  bool operator==(const Key&) const = default;
};

// The keys in what a terminal sent, taken off `bytes`; what may be the beginning of one stays there. Sequences are
// those of xterm (ctlseqs, "PC-Style Function Keys") and of the Linux console. Escape is a key where nothing follows
// it.
std::vector<Key> TakeKeys(std::string& bytes);

}  // namespace caliwatch
