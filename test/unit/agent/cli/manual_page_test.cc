// SPDX-License-Identifier: Apache-2.0
#include "agent/cli/manual_page.h"

#include "test/support/catch.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

TEST_CASE("the manual page is that of this source: `make docs` renews it") {
  CHECK(Read(CALIWATCH_SOURCE_DIR "/docs/caliwatch.1") == ManualPage());
}

}  // namespace
}  // namespace caliwatch
