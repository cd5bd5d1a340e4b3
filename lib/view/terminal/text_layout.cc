// SPDX-License-Identifier: Apache-2.0
#include "lib/view/terminal/text_layout.h"

#include <algorithm>
#include <clocale>
#include <cwchar>

#include <absl/cleanup/cleanup.h>
#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>
#include <locale.h>

#include "lib/model/utf8.h"

namespace caliwatch {
namespace {

std::string Padded(const std::string& cell, size_t width, bool right) {
  const std::string blanks(width - DisplayWidth(cell), ' ');
  return right ? blanks + cell : cell + blanks;
}

}  // namespace

size_t DisplayWidth(absl::string_view printable) {
  // Where the system lacks this locale, every character beyond ASCII counts one column.
  static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  const locale_t before = uselocale(utf8);
  const absl::Cleanup restore = [before] { uselocale(before); };
  size_t width = 0;
  while (!printable.empty()) {
    const int columns = wcwidth(static_cast<wchar_t>(TakeCharacter(printable)));
    width += columns < 0 ? 1 : static_cast<size_t>(columns);
  }
  return width;
}

std::string Wrapped(absl::string_view printable, size_t indent, size_t width) {
  const std::string margin(indent, ' ');
  std::string text = margin;
  size_t column = indent;
  for (absl::string_view word : absl::StrSplit(printable, ' ', absl::SkipEmpty())) {
    if (column > indent && column + 1 + DisplayWidth(word) > width) {
      absl::StrAppend(&text, "\n", margin);
      column = indent;
    }
    if (column > indent) absl::StrAppend(&text, " ");
    absl::StrAppend(&text, word);
    column += DisplayWidth(word) + (column > indent ? 1 : 0);
  }
  return text + "\n";
}

std::string AlignedTable(std::vector<std::string> head, const std::vector<std::vector<std::string>>& rows) {
  std::vector<bool> right;
  for (std::string& title : head) {
    right.push_back(title[0] == '>');
    title = std::string(absl::StripPrefix(title, ">"));
  }
  std::vector<std::vector<std::string>> table = {std::move(head)};
  table.insert(table.end(), rows.begin(), rows.end());

  std::vector<size_t> widths(right.size());
  for (auto& row : table)
    for (size_t i = 0; i < row.size(); ++i) {
      row[i] = Printable(row[i]);
      widths[i] = std::max(widths[i], DisplayWidth(row[i]));
    }
  std::string text;
  for (const auto& row : table) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) absl::StrAppend(&line, "  ", Padded(row[i], widths[i], right[i]));
    absl::StrAppend(&text, absl::StripTrailingAsciiWhitespace(line), "\n");
  }
  return text;
}

}  // namespace caliwatch
