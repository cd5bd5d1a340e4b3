// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/markdown.h"

#include <algorithm>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

#include "lib/view/html/html.h"
#include "lib/view/topics.h"

namespace caliwatch {
namespace {

using TextLines = std::vector<absl::string_view>;

std::string LinkHtml(absl::string_view address, absl::string_view html) {
  return address.empty() ? std::string(html) : absl::StrCat("<a href=\"", Html(address), "\">", html, "</a>");
}

// What stands between `mark` at the beginning of `text` and the next one, and takes both away; "" and nothing is taken
// where none follows.
absl::string_view TakeBetween(absl::string_view& text, absl::string_view mark) {
  if (!absl::StartsWith(text, mark)) return "";
  const size_t end = text.find(mark, mark.size());
  if (end == absl::string_view::npos) return "";
  const absl::string_view inside = text.substr(mark.size(), end - mark.size());
  if (inside.empty()) return "";
  text.remove_prefix(end + mark.size());
  return inside;
}

// Takes "[words](file)" away from the beginning, and is it as HTML; "" where there is none.
std::string TakeLink(absl::string_view& text, AddressOf address_of) {
  const size_t middle = text.find("]("), end = text.find(')', middle == absl::string_view::npos ? 0 : middle);
  if (!absl::StartsWith(text, "[") || middle == absl::string_view::npos || end == absl::string_view::npos) return "";
  if (middle == 1) return "";
  const absl::string_view words = text.substr(1, middle - 1), file = text.substr(middle + 2, end - middle - 2);
  text.remove_prefix(end + 1);
  return LinkHtml(address_of(absl::StripSuffix(file, ".md")), Html(words));
}

std::string Inline(absl::string_view text, AddressOf address_of) {
  std::string html;
  while (!text.empty()) {
    if (const absl::string_view code = TakeBetween(text, "`"); !code.empty()) {
      absl::StrAppend(&html, "<code>", LinkedHtml(code, address_of), "</code>");
    } else if (const absl::string_view strong = TakeBetween(text, "**"); !strong.empty()) {
      absl::StrAppend(&html, "<strong>", Inline(strong, address_of), "</strong>");
    } else if (const absl::string_view stressed = TakeBetween(text, "*"); !stressed.empty()) {
      absl::StrAppend(&html, "<em>", Inline(stressed, address_of), "</em>");
    } else if (const std::string link = TakeLink(text, address_of); !link.empty()) {
      html += link;
    } else {  // at least one letter, so that a mark without its end is text
      const size_t end = text.find_first_of("`*[", 1);
      absl::StrAppend(&html, LinkedHtml(text.substr(0, end), address_of));
      text.remove_prefix(std::min(end, text.size()));
    }
  }
  return html;
}

// "| a | b \| c |": the texts between.
std::vector<std::string> Cells(absl::string_view line) {
  constexpr absl::string_view kBar = "\x01";
  absl::ConsumePrefix(&line, "|");
  absl::ConsumeSuffix(&line, "|");
  std::vector<std::string> cells;
  const std::string without_escapes = absl::StrReplaceAll(line, {{"\\|", kBar}});
  for (const absl::string_view cell : absl::StrSplit(without_escapes, '|'))
    cells.push_back(absl::StrReplaceAll(absl::StripAsciiWhitespace(cell), {{kBar, "|"}}));
  return cells;
}

std::string Row(absl::string_view line, absl::string_view cell_begins, absl::string_view cell_ends,
                AddressOf address_of) {
  std::string html = "<tr>";
  for (const std::string& cell : Cells(line)) absl::StrAppend(&html, cell_begins, Inline(cell, address_of), cell_ends);
  return html + "</tr>\n";
}

std::string TableOf(const TextLines& lines, AddressOf address_of) {
  std::string html = absl::StrCat("<table><thead>", Row(lines.front(), "<th scope=\"col\">", "</th>", address_of),
                                  "</thead><tbody>\n");
  for (size_t i = 2; i < lines.size(); ++i) html += Row(lines[i], "<td>", "</td>", address_of);  // [1] is the rule
  return html + "</tbody></table>\n";
}

// How many letters "12. " takes at the beginning; 0 where there is no such thing.
size_t NumberLength(absl::string_view line) {
  size_t digits = 0;
  while (digits < line.size() && absl::ascii_isdigit(static_cast<unsigned char>(line[digits]))) ++digits;
  return digits > 0 && absl::StartsWith(line.substr(digits), ". ") ? digits + 2 : 0;
}

std::string OrderedList(const TextLines& lines, AddressOf address_of) {
  std::vector<std::string> items;
  for (const absl::string_view line : lines) {
    if (const size_t number = NumberLength(line); number > 0)
      items.emplace_back(line.substr(number));
    else
      absl::StrAppend(&items.back(), " ", absl::StripAsciiWhitespace(line));
  }
  std::string html = "<ol>\n";
  for (const std::string& item : items) absl::StrAppend(&html, "<li>", Inline(item, address_of), "</li>\n");
  return html + "</ol>\n";
}

std::string Block(const TextLines& lines, AddressOf address_of) {
  const absl::string_view first = lines.front();
  if (absl::StartsWith(first, "# ")) return absl::StrCat("<h1>", Inline(first.substr(2), address_of), "</h1>\n");
  if (absl::StartsWith(first, "|")) return TableOf(lines, address_of);
  if (NumberLength(first) > 0) return OrderedList(lines, address_of);
  return absl::StrCat("<p>", Inline(absl::StrJoin(lines, " "), address_of), "</p>\n");
}

enum class Kind { kBlank, kHeading, kTable, kItem, kText };

Kind KindOf(absl::string_view line) {
  if (line.empty()) return Kind::kBlank;
  if (absl::StartsWith(line, "# ")) return Kind::kHeading;
  if (absl::StartsWith(line, "|")) return Kind::kTable;
  return NumberLength(line) > 0 ? Kind::kItem : Kind::kText;
}

// Whether a line goes on with the block that `first` begins.
bool GoesOn(absl::string_view first, absl::string_view line) {
  const Kind kind = KindOf(line), before = KindOf(first);
  if (before == Kind::kItem) return kind == Kind::kItem || kind == Kind::kText;
  return kind == before && kind != Kind::kHeading;
}

}  // namespace

std::string LinkedHtml(absl::string_view text, AddressOf address_of) {
  std::string html;
  for (size_t begin = 0, end = 0; begin < text.size(); begin = end) {
    const bool is_word = IsOfWord(text[begin]);
    for (end = begin; end < text.size() && IsOfWord(text[end]) == is_word;) ++end;
    const absl::string_view part = text.substr(begin, end - begin);
    absl::StrAppend(&html, is_word ? LinkHtml(address_of(part), part) : Html(part));
  }
  return html;
}

std::string MarkdownHtml(absl::string_view text, AddressOf address_of) {
  std::string html;
  TextLines block, code;
  bool in_code = false;
  const auto end_block = [&] {
    if (!block.empty()) html += Block(block, address_of);
    block.clear();
  };
  const auto end_code = [&] {
    absl::StrAppend(&html, "<pre tabindex=\"0\">",
                    absl::StrJoin(code, "\n", [](std::string* to, absl::string_view line) { *to += Html(line); }),
                    "</pre>\n");
    code.clear();
  };
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (absl::StartsWith(line, "```")) {
      in_code ? end_code() : end_block();
      in_code = !in_code;
    } else if (in_code) {
      code.push_back(line);
    } else {
      if (!block.empty() && !GoesOn(block.front(), line)) end_block();
      if (KindOf(line) != Kind::kBlank) block.push_back(line);
    }
  }
  in_code ? end_code() : end_block();
  return html;
}

}  // namespace caliwatch
