// SPDX-License-Identifier: Apache-2.0
#include "lib/view/terminal/frame.h"

#include <vector>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

namespace caliwatch {

std::string ScreenText(absl::string_view text, size_t rows) {
  std::vector<std::string> lines = absl::StrSplit(absl::StripSuffix(text, "\n"), '\n');
  if (lines.size() > rows) {
    const size_t left_out = lines.size() - rows + 1;
    lines.resize(rows - 1);
    lines.push_back(absl::StrCat("… ", left_out, " more lines: enlarge the window, or see `caliwatch check`"));
  }
  // Each line erases what is left of the one before it; the last erases all below. No frame is ever empty.
  return absl::StrCat("\033[H", absl::StrJoin(lines, "\033[K\r\n"), "\033[K\033[J");
}

}  // namespace caliwatch
