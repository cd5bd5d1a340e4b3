// SPDX-License-Identifier: Apache-2.0
#include "test/fuzz/support/html_text.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/strip.h>

#include "lib/model/utf8.h"
#include "test/fuzz/support/must.h"

namespace caliwatch {
namespace {

std::string TakeWord(absl::string_view& text) {
  size_t end = 0;
  while (end < text.size() && (absl::ascii_isalnum(text[end]) || text[end] == '-')) ++end;
  std::string word(text.substr(0, end));
  Must(!word.empty(), "a tag or an attribute has a name", text.substr(0, 80));
  text.remove_prefix(end);
  return word;
}

// Up to the '>' behind them. Returns whether the element is a drawing's that ends at once.
bool TakeAttributes(absl::string_view& text) {
  while (absl::ConsumePrefix(&text, " ")) {
    TakeWord(text);
    if (!absl::ConsumePrefix(&text, "=")) continue;
    Must(absl::ConsumePrefix(&text, "\""), "an attribute is quoted", text.substr(0, 80));
    const size_t end = text.find('"');
    Must(end != absl::string_view::npos, "an attribute ends", text.substr(0, 80));
    Must(!absl::StrContains(text.substr(0, end), '<'), "an attribute holds no markup", text.substr(0, 80));
    text.remove_prefix(end + 1);
  }
  const bool ends = absl::ConsumePrefix(&text, "/");
  Must(absl::ConsumePrefix(&text, ">"), "a tag ends", text.substr(0, 80));
  return ends;
}

}  // namespace

void MustBeHtml(absl::string_view page) {
  static const auto* alone = new std::set<std::string>{"meta", "link", "br", "hr", "img", "input", "col"};
  Must(IsValidUtf8(page), "a page is UTF-8");
  Must(std::none_of(page.begin(), page.end(), [](char c) { return absl::ascii_iscntrl(c) && c != '\n'; }),
       "a page has no control characters");
  Must(absl::ConsumePrefix(&page, "<!DOCTYPE html>"), "a page says what it is", page.substr(0, 80));
  std::vector<std::string> open;
  for (size_t at; (at = page.find('<')) != absl::string_view::npos;) {
    page.remove_prefix(at + 1);
    const bool closes = absl::ConsumePrefix(&page, "/");
    const std::string name = TakeWord(page);
    const bool ends = TakeAttributes(page);
    if (closes) {
      Must(!open.empty() && open.back() == name, "an element ends within the one it began in", name);
      open.pop_back();
    } else if (!ends && !alone->contains(name)) {
      open.push_back(name);
    }
  }
  Must(open.empty(), "every element ends", open.empty() ? "" : open.back());
}

}  // namespace caliwatch
