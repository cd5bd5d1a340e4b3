// SPDX-License-Identifier: Apache-2.0
#include "lib/view/terminal/keys.h"

#include <string>
#include <vector>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

using Kind = Key::Kind;

// All keys of `bytes`; `rest` is what stays.
std::vector<Key> KeysIn(std::string bytes, const std::string& rest = "") {
  std::vector<Key> keys = TakeKeys(bytes);
  CHECK(bytes == rest);
  return keys;
}

TEST_CASE("arrows and pages are known as xterm and as the console send them") {
  CHECK(KeysIn("\033[A\033OB") == std::vector<Key>{{Kind::kUp}, {Kind::kDown}});
  CHECK(KeysIn("\033[5~\033[6~") == std::vector<Key>{{Kind::kPageUp}, {Kind::kPageDown}});
  CHECK(KeysIn("\033[H\033[1~\033OF\033[4~") ==
        std::vector<Key>{{Kind::kHome}, {Kind::kHome}, {Kind::kEnd}, {Kind::kEnd}});
}

TEST_CASE("a character comes whole, of however many bytes") {
  CHECK(KeysIn("q/ü€") ==
        std::vector<Key>{
            {Kind::kCharacter, "q"}, {Kind::kCharacter, "/"}, {Kind::kCharacter, "ü"}, {Kind::kCharacter, "€"}});
  CHECK(KeysIn("q\xE2\x82", "\xE2\x82") == std::vector<Key>{{Kind::kCharacter, "q"}});
  CHECK(KeysIn("\r\177") == std::vector<Key>{{Kind::kEnter}, {Kind::kErase}});
}

TEST_CASE("half a sequence waits for its rest, and an escape alone is a key") {
  CHECK(KeysIn("\033[", "\033[").empty());
  CHECK(KeysIn("\033[5", "\033[5").empty());
  CHECK(KeysIn("\033") == std::vector<Key>{{Kind::kEscape}});
}

TEST_CASE("what is no key that is known is passed over, and no sequence is waited for without end") {
  CHECK(KeysIn("\033[1;5Cq") == std::vector<Key>{{Kind::kOther}, {Kind::kCharacter, "q"}});
  CHECK(KeysIn("\x01\xFFq").back() == Key{Kind::kCharacter, "q"});
  std::string endless = "\033[" + std::string(1000, '1');
  CHECK(!TakeKeys(endless).empty());
  CHECK(endless.size() < 1000);
}

}  // namespace
}  // namespace caliwatch
