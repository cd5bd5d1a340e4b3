// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

const char* const kBlock = "192.168.36.0/26";

RecurringRoute Recurring(absl::string_view destination, int returns, RouteOwner owner = RouteOwner::kBird,
                         absl::Duration ago = absl::Seconds(10)) {
  return {{*Prefix::Parse(destination), owner, 0}, returns, HealthyNode().boot_time - ago};
}

JudgedTexts Run(std::vector<RecurringRoute> recurring, const Snapshot& node = HealthyNode()) {
  Recollection before;
  before.recurring_routes = std::move(recurring);
  return JudgeBy("route_flapping", node, before);
}

TEST_CASE("a block's route that came back five times is found, with where it leads") {
  CHECK(Run({})->empty());
  CHECK(Run({Recurring(kBlock, 4)})->empty());
  CHECK(*Run({Recurring(kBlock, 5)}) ==
        std::vector<FindingText>{
            {kBlock, "went and came back 5 times within ten minutes, written by BIRD", "", {"10.39.1.36"}}});
}

TEST_CASE("one who writes it with several metrics is one, and only what leads there in table main is told") {
  Snapshot node = HealthyNode();
  Route other = BlockRoute(kBlock, "10.39.1.219");
  other.table = 100;
  AddRoute(node, other);
  other = BlockRoute(kBlock, "10.39.1.219");
  other.gateway.reset();
  other.metric = 1024;
  AddRoute(node, other);
  RecurringRoute second = Recurring(kBlock, 5);
  second.route.metric = 1024;
  CHECK(*Run({Recurring(kBlock, 5), second}, node) ==
        std::vector<FindingText>{
            {kBlock, "went and came back 5 times within ten minutes, written by BIRD", "", {"10.39.1.36"}}});
}

TEST_CASE("two who write it in turn are one finding, with the settings that must agree") {
  const JudgedTexts found = Run({Recurring(kBlock, 100), Recurring(kBlock, 7, RouteOwner::kFelix)});
  REQUIRE(found->size() == 1);
  CHECK(found->front().detail ==
        "went and came back 100 times or more within ten minutes, written by BIRD and by Felix");
  CHECK(found->front().remedy.find("programClusterRoutes") != std::string::npos);
}

TEST_CASE("pods' routes come and go with them, others' routes are their own, and what is quiet again is over") {
  CHECK(Run({Recurring("192.168.231.1", 50, RouteOwner::kBoot)})->empty());
  CHECK(Run({Recurring("10.1.0.0/24", 50, RouteOwner::kStatic)})->empty());
  CHECK(Run({Recurring(kBlock, 50, RouteOwner::kBird, absl::Minutes(3))})->empty());
  CHECK(Run({Recurring(kBlock, 50, RouteOwner::kBird, absl::Minutes(2))})->size() == 1);
}

TEST_CASE("while routes cannot be read, nobody knows which of them flap") {
  Snapshot node = HealthyNode();
  node.routes = absl::UnavailableError("netlink is gone");
  CHECK(absl::IsUnavailable(Run({Recurring(kBlock, 5)}, node).status()));
}

}  // namespace
}  // namespace caliwatch
