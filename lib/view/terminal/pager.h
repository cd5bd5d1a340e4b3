// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <absl/strings/string_view.h>

#include "lib/view/terminal/keys.h"

namespace caliwatch {

// A text that is longer than the screen, and comes anew every two seconds: which part of it is shown, what is searched
// for, and what the last row says of that.
class Pager {
 public:
  explicit Pager(bool colour) : colour_(colour) {}

  // What is shown stays where it was, as far as the new text goes.
  void Show(absl::string_view text);
  // False: that key ends the program.
  bool Press(const Key& key);
  // The page of a terminal with so many rows, over what was there before. The text's own lines come first; the last row
  // is for the keys. With one row there is that alone.
  std::string Frame(size_t rows);

 private:
  void Move(std::ptrdiff_t lines);
  bool PressWhileTyping(const Key& key);
  void PressCharacter(absl::string_view text);
  void Find(int direction);  // 1: the next line that has it, -1: the one before
  size_t Last() const;       // the largest `top_`
  std::string Line(const std::string& line) const;
  std::string StatusRow() const;

  const bool colour_;
  std::vector<std::string> lines_;
  size_t top_ = 0;                         // the first line that is shown
  size_t body_ = 1;                        // how many were shown last
  std::string wanted_ = {};                // what is searched for; empty: nothing
  std::optional<size_t> found_ = {};       // in which line
  std::optional<std::string> typed_ = {};  // what is to be searched for, as far as it is typed
};

}  // namespace caliwatch
