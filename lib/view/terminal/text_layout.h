// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

namespace caliwatch {

// `text` fit for a terminal: what is no character to see (control characters, bytes that are no UTF-8) becomes U+FFFD.
std::string Printable(absl::string_view text);

// How many columns of a terminal printable text takes.
size_t DisplayWidth(absl::string_view printable);

// An age in its two largest units: "12 s", "3 min 12 s", "3 h 12 min", "5 d 3 h".
std::string AgeText(absl::Duration age);

// Printable text in lines of at most `width` columns, broken at blanks, each line indented by `indent`.
std::string Wrapped(absl::string_view printable, size_t indent, size_t width);

// Rows under a head, in aligned columns, each line indented by two. Cells are made printable. Columns whose head begins
// with
// '>' are numbers: aligned to the right, without the sign.
std::string AlignedTable(std::vector<std::string> head, const std::vector<std::vector<std::string>>& rows);

}  // namespace caliwatch
