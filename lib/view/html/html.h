// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

namespace caliwatch {

// Text as HTML, in an element or a quoted attribute: nothing in it is markup, and nothing a control character.
std::string Html(absl::string_view text);

struct HtmlRow {
  std::vector<std::string> cells;  // text
  absl::string_view css_class = "";
};
// Heads as of AlignedTable: numbers begin with '>'. It scrolls sideways by itself where it is too wide.
std::string HtmlTable(absl::string_view caption, const std::vector<std::string>& heads,
                      const std::vector<HtmlRow>& rows);

// What is folded away until somebody asks; `id` keeps it open when the page is refreshed. `summary` is text, `content`
// HTML.
std::string HtmlDetails(absl::string_view id, absl::string_view summary, absl::string_view content, bool open = false);

// A section under a head (text) with `content` (HTML).
std::string HtmlSection(absl::string_view id, absl::string_view title, absl::string_view content);

// A line to type. `id`: of its button, which is of use with the script alone, which shows it. `note` is HTML, or empty.
std::string HtmlCommand(absl::string_view line, absl::string_view id, absl::string_view note = "");

// A whole page with our style, script and icon: `title` is text, `body` HTML, and so is `links`, of its foot.
std::string HtmlDocument(absl::string_view title, absl::string_view body, absl::string_view links,
                         absl::string_view version, absl::string_view revision);

// "10:31:05 UTC", of another day with the date, for programs with all of it.
std::string HtmlTime(absl::Time time, absl::Time now);

}  // namespace caliwatch
