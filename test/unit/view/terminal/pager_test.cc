// SPDX-License-Identifier: Apache-2.0
#include "lib/view/terminal/pager.h"

#include <string>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/str_split.h>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

using Kind = Key::Kind;

std::vector<std::string> RowsOf(Pager& pager, size_t rows) {
  return absl::StrSplit(absl::StrReplaceAll(pager.Frame(rows), {{"\033[H", ""}, {"\033[K", ""}, {"\033[J", ""}}),
                        "\r\n");
}

std::string Numbered(int count) {
  std::string text;
  for (int i = 1; i <= count; ++i) absl::StrAppend(&text, "line ", i, "\n");
  return text;
}

// One of 100 lines, of which a screen of 11 rows shows ten.
struct Shown {
  Pager pager{false};
  Shown() {
    pager.Show(Numbered(100));
    RowsOf(pager, 11);
  }
  std::string First() { return RowsOf(pager, 11).front(); }
  std::string Keys() { return RowsOf(pager, 11).back(); }
  void Type(absl::string_view text) {
    for (const char c : text) pager.Press({Kind::kCharacter, std::string(1, c)});
  }
};

TEST_CASE("a text that fits is shown whole, over what was there, with the keys in the last row") {
  Pager pager(false);
  pager.Show("a\nb\n");
  CHECK(pager.Frame(4) == "\033[Ha\033[K\r\nb\033[K\r\n\033[K\r\nq quits, / searches\033[K\033[J");
}

TEST_CASE("of a longer one, the last row says which part is shown and how much is below") {
  Shown shown;
  CHECK(RowsOf(shown.pager, 11).size() == 11);
  CHECK(shown.First() == "line 1");
  CHECK(absl::StartsWith(shown.Keys(), "lines 1 to 10 of 100, 90 more below   q quits, arrows and PgUp/PgDn scroll"));
}

TEST_CASE("arrows move by a line, pages by a screen but one line, and no further than there is text") {
  Shown shown;
  CHECK(shown.pager.Press({Kind::kUp}));
  CHECK(shown.First() == "line 1");
  shown.pager.Press({Kind::kDown});
  CHECK(shown.First() == "line 2");
  shown.pager.Press({Kind::kPageDown});
  CHECK(shown.First() == "line 11");
  shown.pager.Press({Kind::kPageUp});
  CHECK(shown.First() == "line 2");
  shown.pager.Press({Kind::kEnd});
  shown.pager.Press({Kind::kPageDown});
  CHECK(shown.First() == "line 91");
  CHECK(absl::StartsWith(shown.Keys(), "lines 91 to 100 of 100   "));
  shown.pager.Press({Kind::kHome});
  CHECK(shown.First() == "line 1");
}

TEST_CASE("the keys of less do the same, and q ends it") {
  Shown shown;
  shown.Type("j ");
  CHECK(shown.First() == "line 11");
  shown.Type("kb");
  CHECK(shown.First() == "line 1");
  shown.Type("G");
  CHECK(shown.First() == "line 91");
  shown.Type("g");
  CHECK(shown.First() == "line 1");
  CHECK(!shown.pager.Press({Kind::kCharacter, "q"}));
}

TEST_CASE("a new text and another window leave what is shown where it was, as far as the text goes") {
  Shown shown;
  shown.pager.Press({Kind::kPageDown});
  shown.pager.Show(Numbered(50));
  CHECK(shown.First() == "line 10");
  shown.pager.Show(Numbered(12));
  CHECK(shown.First() == "line 3");
  CHECK(RowsOf(shown.pager, 40).front() == "line 1");
  CHECK(RowsOf(shown.pager, 1).size() == 1);
}

TEST_CASE("a search goes to the next line that has the text, in whatever case, around and back") {
  Shown shown;
  shown.Type("/LINE 7");
  CHECK(absl::StartsWith(shown.Keys(), "/LINE 7 "));
  shown.pager.Press({Kind::kEnter});
  CHECK(shown.First() == "line 1");  // line 7 is on the screen
  shown.Type("n");
  CHECK(shown.First() == "line 70");
  shown.Type("N");
  CHECK(shown.First() == "line 7");
  shown.Type("NN");
  CHECK(shown.First() == "line 78");
  CHECK(absl::StartsWith(shown.Keys(), "n and N go to the lines with LINE 7, Esc ends that"));
  shown.pager.Press({Kind::kEscape});
  CHECK(absl::StartsWith(shown.Keys(), "lines "));
}

TEST_CASE("while something is typed, q is a letter, and Esc gives it up") {
  Shown shown;
  shown.Type("/");
  CHECK(shown.pager.Press({Kind::kCharacter, "q"}));
  shown.pager.Press({Kind::kErase});
  shown.pager.Press({Kind::kCharacter, "ü"});
  shown.pager.Press({Kind::kErase});
  CHECK(absl::StartsWith(shown.Keys(), "/   Enter"));
  shown.pager.Press({Kind::kEscape});
  CHECK(absl::StartsWith(shown.Keys(), "lines "));
}

TEST_CASE("what no line has is said, and moves nothing") {
  Shown shown;
  shown.pager.Press({Kind::kDown});
  shown.Type("/pod");
  shown.pager.Press({Kind::kEnter});
  CHECK(shown.First() == "line 2");
  CHECK(absl::StartsWith(shown.Keys(), "no line has pod"));
}

TEST_CASE("with colour, what is searched for is marked, also in a line with colours of its own") {
  Pager pager(true);
  pager.Show("\033[1;31mBad\033[0m pod\nother\n");
  for (const absl::string_view key : {"/", "b", "a", "d"}) pager.Press({Kind::kCharacter, std::string(key)});
  pager.Press({Kind::kEnter});
  CHECK(absl::StartsWith(RowsOf(pager, 5).front(), "\033[7mBad\033[27m pod"));
  CHECK(RowsOf(pager, 5)[1] == "other");
}

}  // namespace
}  // namespace caliwatch
