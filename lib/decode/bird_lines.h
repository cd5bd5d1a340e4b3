// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <system_error>

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/strings/string_view.h>

namespace caliwatch {

struct BirdLine {
  int code = 0;
  absl::string_view text;  // behind the code; the blanks and tabs it starts with are its own
};

// Hands over every line of an answer, its last included, and leaves out the log lines between them. `first_code` is the
// code of a first line that brings none. Fails as bird_answers.h says; an error of `on_line` ends the walk and gets the
// line's number.
absl::Status ForEachBirdLine(absl::string_view answer, int first_code,
                             absl::FunctionRef<absl::Status(const BirdLine&)> on_line);

// White space of ASCII. Of such blanks a node with 500 peers says 300,000 at each poll, and nearly as many digits: the
// library's functions are called for each, and look it up in a table.
inline bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Without the blanks on both its sides.
absl::string_view Trimmed(absl::string_view text);

// The whole of `word` as a decimal number; false: it is none, or too large.
template <class Number>
bool ReadNumber(absl::string_view word, Number& number) {
  const char* end = word.data() + word.size();
  const auto [read, error] = std::from_chars(word.data(), end, number);
  return error == std::errc() && read == end;
}

// Cuts the first word off `text`, with the blanks on both its sides. Empty when no word is left.
absl::string_view TakeWord(absl::string_view& text);

}  // namespace caliwatch
