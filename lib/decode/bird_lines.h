// SPDX-License-Identifier: Apache-2.0
#pragma once

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

// Cuts the first word off `text`, with the blanks on both its sides. Empty when no word is left.
absl::string_view TakeWord(absl::string_view& text);

}  // namespace caliwatch
