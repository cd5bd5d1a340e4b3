// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/html.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/strip.h>

#include "lib/model/utf8.h"

namespace caliwatch {

namespace {

std::string CellContent(const HtmlCell& cell) {
  return absl::StrCat(Html(cell.text),
                      cell.below.empty() ? "" : absl::StrCat("<span class=\"below\">", Html(cell.below), "</span>"));
}

}  // namespace

std::string Html(absl::string_view text) {
  return absl::StrReplaceAll(Printable(text),
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string HtmlTable(absl::string_view caption, const std::vector<std::string>& heads,
                      const std::vector<HtmlRow>& rows) {
  std::string html = absl::StrCat("<table><caption>", Html(caption), "</caption><thead><tr>");
  std::vector<std::string> attributes;  // of a column's cells
  for (const std::string& head : heads) {
    const absl::string_view css_class = absl::StartsWith(head, ">") ? " class=\"number\"" : "";
    const std::string text = Html(absl::StripPrefix(head, ">"));
    attributes.push_back(absl::StrCat(css_class, " data-head=\"", text, "\""));
    absl::StrAppend(&html, "<th scope=\"col\"", css_class, ">", text, "</th>");
  }
  absl::StrAppend(&html, "</tr></thead><tbody>\n");
  for (const HtmlRow& row : rows) {
    absl::StrAppend(&html, row.css_class.empty() ? "<tr>" : absl::StrCat("<tr class=\"", row.css_class, "\">"));
    for (size_t i = 0; i < row.cells.size(); ++i)
      absl::StrAppend(&html, i == 0 ? "<th scope=\"row\">" : absl::StrCat("<td", attributes[i], ">"),
                      CellContent(row.cells[i]), i == 0 ? "</th>" : "</td>");
    absl::StrAppend(&html, "</tr>\n");
  }
  return absl::StrCat(html, "</tbody></table>\n");
}

std::string HtmlDetails(absl::string_view id, absl::string_view summary, absl::string_view content, bool open) {
  return absl::StrCat("<details id=\"", id, "\"", open ? " open" : "", "><summary>", Html(summary), "</summary>\n",
                      content, "</details>\n");
}

std::string HtmlSection(absl::string_view id, absl::string_view title, absl::string_view content, HtmlHead head) {
  return absl::StrCat("<section aria-labelledby=\"", id, "\"><h2 id=\"", id, "\"",
                      head == HtmlHead::kUnseen ? " class=\"unseen\"" : "", ">", Html(title), "</h2>\n", content,
                      "</section>\n");
}

std::string HtmlCommand(absl::string_view line, absl::string_view id, absl::string_view note) {
  return absl::StrCat("<div class=\"command\"><pre tabindex=\"0\">", Html(line), "</pre><button id=\"", id,
                      "\" type=\"button\" hidden>Copy</button>", note, "</div>\n");
}

// Addresses are relative, so that the page also works behind a proxy that puts it into a folder. "told" is what the
// script has a screen reader say, once the verdict is another one: said anew with each look, it would never be silent.
std::string HtmlDocument(absl::string_view title, absl::string_view body, absl::string_view links,
                         absl::string_view version, absl::string_view revision) {
  return absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
      "<meta name=\"color-scheme\" content=\"light dark\">\n", "<title>", Html(title), "</title>\n",
      "<link rel=\"icon\" href=\"icon.svg\" type=\"image/svg+xml\">\n<link rel=\"stylesheet\" href=\"status.css\">\n",
      "<script src=\"status.js\" defer></script>\n",
      "<noscript><meta http-equiv=\"refresh\" content=\"10\"></noscript>\n</head>\n<body>\n",
      "<a class=\"skip\" href=\"#report\">Skip to the report</a>\n", body,
      "<p id=\"told\" class=\"unseen\" role=\"status\"></p>\n<footer>\n<p>", links, "</p>\n<p>caliwatch ",
      Html(version), ", revision ", Html(revision), "</p>\n</footer>\n</body>\n</html>\n");
}

std::string HtmlTime(absl::Time time, absl::Time now) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  const bool today = absl::ToCivilDay(time, utc) == absl::ToCivilDay(now, utc);
  return absl::StrCat("<time datetime=\"", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, utc), "\">",
                      absl::FormatTime(today ? "%H:%M:%S UTC" : "%Y-%m-%d %H:%M:%S UTC", time, utc), "</time>");
}

}  // namespace caliwatch
