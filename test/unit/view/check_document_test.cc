// SPDX-License-Identifier: Apache-2.0
#include "lib/view/check_document.h"

#include "test/support/catch.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

TEST_CASE("the page of checks is that of this source: `make docs` renews it") {
  CHECK(Read(CALIWATCH_SOURCE_DIR "/docs/checks.md") == DocumentChecks());
}

TEST_CASE("when a finding counts is said by its check's polls and time") {
  Check check{.name = "", .summary = "", .impact = "", .meaning = "", .remedy = "", .run = {}, .polls_to_hold = 1};
  CHECK(HoldingOf(check) == "A finding counts with the first poll that sees it.");
  check.polls_to_hold = 3;
  CHECK(HoldingOf(check) == "A finding counts once 3 polls in a row have seen it.");
  check.time_to_hold = absl::Minutes(1);
  CHECK(HoldingOf(check) == "A finding counts once 3 polls in a row have seen it, over 1m or more.");
}

}  // namespace
}  // namespace caliwatch
