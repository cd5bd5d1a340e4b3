// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/html.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/strip.h>

#include "lib/model/utf8.h"

namespace caliwatch {

std::string Html(absl::string_view text) {
  return absl::StrReplaceAll(Printable(text),
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string HtmlTable(absl::string_view caption, const std::vector<std::string>& heads,
                      const std::vector<HtmlRow>& rows) {
  std::string html = absl::StrCat("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"", Html(caption),
                                  "\"><table><caption>", Html(caption), "</caption><thead><tr>");
  std::vector<absl::string_view> classes;
  for (const std::string& head : heads) {
    classes.push_back(absl::StartsWith(head, ">") ? " class=\"number\"" : "");
    absl::StrAppend(&html, "<th scope=\"col\"", classes.back(), ">", Html(absl::StripPrefix(head, ">")), "</th>");
  }
  absl::StrAppend(&html, "</tr></thead><tbody>\n");
  for (const HtmlRow& row : rows) {
    absl::StrAppend(&html, row.css_class.empty() ? "<tr>" : absl::StrCat("<tr class=\"", row.css_class, "\">"));
    for (size_t i = 0; i < row.cells.size(); ++i)
      absl::StrAppend(&html, "<td", classes[i], ">", Html(row.cells[i]), "</td>");
    absl::StrAppend(&html, "</tr>\n");
  }
  return absl::StrCat(html, "</tbody></table></div>\n");
}

std::string HtmlDetails(absl::string_view id, absl::string_view summary, absl::string_view content, bool open) {
  return absl::StrCat("<details id=\"", id, "\"", open ? " open" : "", "><summary>", Html(summary), "</summary>\n",
                      content, "</details>\n");
}

std::string HtmlSection(absl::string_view id, absl::string_view title, absl::string_view content) {
  return absl::StrCat("<section aria-labelledby=\"", id, "\"><h2 id=\"", id, "\">", Html(title), "</h2>\n", content,
                      "</section>\n");
}

std::string HtmlCommand(absl::string_view line, absl::string_view id, absl::string_view note) {
  return absl::StrCat("<div class=\"command\"><pre tabindex=\"0\">", Html(line), "</pre><button id=\"", id,
                      "\" type=\"button\" hidden>Copy</button>", note, "</div>\n");
}

// Addresses are relative, so that the page also works behind a proxy that puts it into a folder.
std::string HtmlDocument(absl::string_view title, absl::string_view body, absl::string_view links,
                         absl::string_view version, absl::string_view revision) {
  return absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
      "<meta name=\"color-scheme\" content=\"light dark\">\n", "<title>", Html(title), "</title>\n",
      "<link rel=\"icon\" href=\"icon.svg\" type=\"image/svg+xml\">\n<link rel=\"stylesheet\" href=\"status.css\">\n",
      "<script src=\"status.js\" defer></script>\n",
      "<noscript><meta http-equiv=\"refresh\" content=\"10\"></noscript>\n</head>\n<body>\n", body, "<footer>\n<p>",
      links, "</p>\n<p>caliwatch ", Html(version), ", revision ", Html(revision),
      "</p>\n</footer>\n</body>\n</html>\n");
}

std::string HtmlTime(absl::Time time, absl::Time now) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  const bool today = absl::ToCivilDay(time, utc) == absl::ToCivilDay(now, utc);
  return absl::StrCat("<time datetime=\"", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, utc), "\">",
                      absl::FormatTime(today ? "%H:%M:%S UTC" : "%Y-%m-%d %H:%M:%S UTC", time, utc), "</time>");
}

}  // namespace caliwatch
