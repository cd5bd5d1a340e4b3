// SPDX-License-Identifier: Apache-2.0
#include "lib/view/terminal/frame.h"

#include "test/support/catch.h"

namespace caliwatch {
namespace {

TEST_CASE("what a terminal has no room for is counted in its last row") {
  CHECK(ScreenText("a\nb\n", 2) == "\033[Ha\033[K\r\nb\033[K\033[J");
  CHECK(ScreenText("a\nb\nc\nd\n", 3) ==
        "\033[Ha\033[K\r\nb\033[K\r\n… 2 more lines: enlarge the window, or see `caliwatch check`\033[K\033[J");
}

}  // namespace
}  // namespace caliwatch
