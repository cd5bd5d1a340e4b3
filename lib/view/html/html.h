// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

namespace caliwatch {

// Text as HTML, in an element or a quoted attribute: nothing in it is markup, and nothing a control character.
std::string Html(absl::string_view text);

// Text of a table's cell, and smaller text on a line of its own below.
struct HtmlCell {
  HtmlCell(std::string first, std::string second = "") : text(std::move(first)), below(std::move(second)) {}

  std::string text, below;
};
struct HtmlRow {
  std::vector<HtmlCell> cells;  // the first names the row
  absl::string_view css_class = "";
};
// Heads as of AlignedTable: numbers begin with '>'. Where it is narrow each row is a few lines, and a cell has its head
// before it: nothing scrolls sideways, and no column is left out.
std::string HtmlTable(absl::string_view caption, const std::vector<std::string>& heads,
                      const std::vector<HtmlRow>& rows);

// What is folded away until somebody asks; `id` keeps it open when the page is refreshed. `summary` is text, `content`
// HTML.
std::string HtmlDetails(absl::string_view id, absl::string_view summary, absl::string_view content, bool open = false);

// A section under a head (text) with `content` (HTML). A head that says no more than captions below it is there for who
// jumps from head to head alone, and is not seen.
enum class HtmlHead { kSeen, kUnseen };
std::string HtmlSection(absl::string_view id, absl::string_view title, absl::string_view content,
                        HtmlHead head = HtmlHead::kSeen);

// A line to type. `id`: of its button, which is of use with the script alone, which shows it. `note` is HTML, or empty.
std::string HtmlCommand(absl::string_view line, absl::string_view id, absl::string_view note = "");

// A whole page with our style, script and icon: `title` is text, `body` HTML, and so is `links`, of its foot. `body`
// has what the script renews: the elements "seen", "verdict" and "report".
std::string HtmlDocument(absl::string_view title, absl::string_view body, absl::string_view links,
                         absl::string_view version, absl::string_view revision);

// "10:31:05 UTC", of another day with the date, for programs with all of it.
std::string HtmlTime(absl::Time time, absl::Time now);

}  // namespace caliwatch
