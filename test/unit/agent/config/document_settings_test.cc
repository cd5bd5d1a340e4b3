// SPDX-License-Identifier: Apache-2.0
#include "agent/config/document_settings.h"

#include <string>

#include "test/support/catch.h"
#include "test/support/status_says.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

TEST_CASE("the table of docs/configuration.md is that of this source: `make docs` renews it") {
  const std::string page = Read(CALIWATCH_SOURCE_DIR "/docs/configuration.md");
  CHECK(*WithSettingsTable(page) == page);
}

TEST_CASE("what stands before and behind the table stays") {
  const std::string old =
      "# Title\n<!-- settings, made by `make docs` -->\nold rows\n<!-- end of settings -->\nThe rest.\n";
  const std::string page = *WithSettingsTable(old);
  CHECK(page.find("# Title\n<!--") == 0);
  CHECK(page.find("old rows") == std::string::npos);
  CHECK(page.find("| `--poll.interval` | `5s` | `DURATION` | From the start") != std::string::npos);
  CHECK(page.rfind("<!-- end of settings -->\nThe rest.\n") != std::string::npos);
}

TEST_CASE("a page without the marks is refused, not overwritten") {
  CHECK(Says(WithSettingsTable("# Title\n").status(), "the page lacks"));
}

}  // namespace
}  // namespace caliwatch
