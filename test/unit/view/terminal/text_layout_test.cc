// SPDX-License-Identifier: Apache-2.0
#include "lib/view/terminal/text_layout.h"

#include "test/support/catch.h"

namespace caliwatch {
namespace {

TEST_CASE("columns are aligned by what a terminal shows, not by bytes") {
  CHECK(AlignedTable({"NAME", ">N"}, {{"ü", "1"}, {"日本", "10"}, {"e\xCC\x81", "100"}, {"plain", ""}}) ==
        "  NAME     N\n"
        "  ü        1\n"
        "  日本    10\n"
        "  e\xCC\x81      100\n"
        "  plain\n");
}

TEST_CASE("long text is broken at blanks, a long word is left whole") {
  CHECK(Wrapped("one two three", 2, 9) == "  one two\n  three\n");
  CHECK(Wrapped("one incomprehensibilities two", 0, 8) == "one\nincomprehensibilities\ntwo\n");
  CHECK(Wrapped("", 2, 9) == "  \n");
}

}  // namespace
}  // namespace caliwatch
