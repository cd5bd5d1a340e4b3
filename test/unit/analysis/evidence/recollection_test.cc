// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/recollection.h"

#include "test/support/catch.h"

namespace caliwatch {
namespace {

TEST_CASE("Felix is behind while it is away, and for as long as it may take it to catch up") {
  CHECK_FALSE(FelixRecollection{}.IsBehind());
  CHECK(FelixRecollection{.is_away = true}.IsBehind());
  CHECK(FelixRecollection{.answered = true, .lasted = absl::Seconds(24)}.IsBehind());
  CHECK_FALSE(FelixRecollection{.answered = true, .lasted = absl::Seconds(25)}.IsBehind());
  CHECK_FALSE(FelixRecollection{.answered = true}.IsBehind());
}

TEST_CASE("one that has not answered for some seconds, and never did, is not behind: its health may be off") {
  CHECK_FALSE(FelixRecollection{.lasted = absl::Seconds(5)}.IsBehind());
}

TEST_CASE("one interface that is gone is a lone loss, while Felix is well and of a Calico that writes files") {
  EndpointFiles files;
  files.has_metrics = true;
  FelixRecollection felix{.answered = true, .doubts = {{"cali1", {FileDoubt::kNoInterface, {}, false}}}};
  CHECK(IsLoneLoss(files, felix));
  SECTION("an older Calico may have left the file") { files.has_metrics = false; }
  SECTION("nobody knows whether Felix is well") { felix.answered = false; }
  SECTION("Felix is away") { felix.is_away = true; }
  SECTION("Felix is catching up") { felix.lasted = absl::Seconds(3); }
  SECTION("it is not alone") { felix.doubts["cali2"] = {FileDoubt::kNoInterface, {}, false}; }
  SECTION("it is another doubt") { felix.doubts["cali1"].doubt = FileDoubt::kNoFile; }
  SECTION("nothing is in doubt") { felix.doubts.clear(); }
  CHECK_FALSE(IsLoneLoss(files, felix));
}

}  // namespace
}  // namespace caliwatch
