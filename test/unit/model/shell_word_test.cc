// SPDX-License-Identifier: Apache-2.0
#include "lib/model/shell_word.h"

#include "test/support/catch.h"

namespace caliwatch {
namespace {

TEST_CASE("what is plain stays as it is") {
  CHECK(ShellWord("cali12ab34cd56e") == "cali12ab34cd56e");
  CHECK(ShellWord("fd10::1/128") == "fd10::1/128");
  CHECK(ShellWord("net/ipv4/conf/eth0.5/proxy_arp=1") == "net/ipv4/conf/eth0.5/proxy_arp=1");
}

TEST_CASE("no sign of a shell means anything in a word") {
  CHECK(ShellWord("") == "''");
  CHECK(ShellWord("a;reboot") == "'a;reboot'");
  CHECK(ShellWord("$(id)`id`&|<>*?~#!\"\\") == "'$(id)`id`&|<>*?~#!\"\\'");
  CHECK(ShellWord("it's") == "'it'\\''s'");
}

}  // namespace
}  // namespace caliwatch
