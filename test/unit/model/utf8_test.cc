// SPDX-License-Identifier: Apache-2.0
#include "lib/model/utf8.h"

#include "test/support/catch.h"

namespace caliwatch {
namespace {

TEST_CASE("broken UTF-8 is replaced byte by byte, good UTF-8 is kept") {
  CHECK(ValidUtf8("caliä€😀") == "caliä€😀");
  CHECK(ValidUtf8("a\xff"
                  "b") ==
        "a\xef\xbf\xbd"
        "b");
  CHECK(ValidUtf8("\xc0\xaf") == "\xef\xbf\xbd\xef\xbf\xbd");                  // overlong
  CHECK(ValidUtf8("\xed\xa0\x80") == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");  // surrogate
  CHECK(ValidUtf8("\xe2\x82") == "\xef\xbf\xbd\xef\xbf\xbd");                  // cut short
}

TEST_CASE("what is well-formed UTF-8, and what is not") {
  for (const absl::string_view text : {"", "cali0", "caliä€😀", "\xef\xbf\xbd"}) CHECK(IsValidUtf8(text));
  for (const absl::string_view bytes : {"\xff", "a\xc0\xaf", "\xed\xa0\x80", "\xe2\x82"})
    CHECK_FALSE(IsValidUtf8(bytes));
}

TEST_CASE("what steers a terminal, or turns the direction of text, is not printable") {
  CHECK(Printable("a\x1b[2J\n") == "a\xef\xbf\xbd[2J\xef\xbf\xbd");
  CHECK(Printable("\xc2\x9b") == "\xef\xbf\xbd");      // U+009B, which begins a sequence as ESC [ does
  CHECK(Printable("\xe2\x80\xae") == "\xef\xbf\xbd");  // U+202E, right to left
  CHECK(Printable("caliä€😀\xff") == "caliä€😀\xef\xbf\xbd");
}

TEST_CASE("marks that cannot be seen are not printable, wherever Unicode has them; letters and signs are") {
  for (const absl::string_view mark : {"\xc2\x80",         "\xc2\x9f",     "\xc2\xad",
                                       "\xd8\x9c",         "\xe1\xa0\x8e", "\xe2\x80\x8b",
                                       "\xe2\x80\x8d",     "\xe2\x80\x8f", "\xe2\x80\xa8",
                                       "\xe2\x81\xa0",     "\xe2\x81\xa6", "\xe2\x81\xa9",
                                       "\xe3\x85\xa4",     "\xef\xb8\x8f", "\xef\xbb\xbf",
                                       "\xef\xbf\xb9",     "\xef\xbf\xbe", "\xf3\xa0\x80\x81",
                                       "\xf3\xa0\x87\xaf", "\x7f",         "\t"}) {
    CAPTURE(PrintableJson(std::string(mark)));
    CHECK(Printable(mark) == "\xef\xbf\xbd");
    CHECK_FALSE(IsPrintable(mark));
  }
  for (const absl::string_view text : {"", "a b~", "caliä€😀…→µ’", "日本", "שלום", "\xef\xbf\xbd"}) {
    CHECK(Printable(text) == text);
    CHECK(IsPrintable(text));
  }
}

TEST_CASE("in JSON what is not printable is escaped, and means the same") {
  CHECK(PrintableJson("{\n  \"a\": \"b\\n€\"\n}") == "{\n  \"a\": \"b\\n€\"\n}");
  CHECK(PrintableJson("\"\xe2\x80\xae\xc2\x9b\x7f\"") == "\"\\u202e\\u009b\\u007f\"");
  CHECK(PrintableJson("\"\xf3\xa0\x81\x81\"") == "\"\\udb40\\udc41\"");
  CHECK(PrintableJson("\"\xff\"") == "\"\xef\xbf\xbd\"");
}

TEST_CASE("characters are taken one after another, of whatever length") {
  absl::string_view text = "aä€😀";
  for (const char32_t expected : {U'a', U'ä', U'€', U'😀'}) CHECK((TakeCharacter(text) == expected));
  CHECK(text.empty());
}

}  // namespace
}  // namespace caliwatch
