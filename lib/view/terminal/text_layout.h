// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <absl/strings/string_view.h>

namespace caliwatch {

// How many columns of a terminal printable text takes.
size_t DisplayWidth(absl::string_view printable);

// Printable text in lines of at most `width` columns, broken at blanks, each line indented by `indent`.
std::string Wrapped(absl::string_view printable, size_t indent, size_t width);

// Rows under a head, in aligned columns, each line indented by two. Cells are made printable. Columns whose head begins
// with '>' are numbers: aligned to the right, without the sign.
std::string AlignedTable(std::vector<std::string> head, const std::vector<std::vector<std::string>>& rows);

}  // namespace caliwatch
