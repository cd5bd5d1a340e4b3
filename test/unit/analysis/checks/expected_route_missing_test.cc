// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node, std::vector<ExpectedRoute> missing = {}) {
  Recollection before;
  before.birds[Family::kIpv4].missing_routes = std::move(missing);
  return JudgeBy("expected_route_missing", node, before);
}

ExpectedRoute Expected(const std::string& block, absl::string_view gateway) {
  return {*Prefix::Parse(block), *IpAddress::Parse(gateway)};
}

TEST_CASE("a node that lacks nothing has no expected route missing") { CHECK(Run(HealthyNode())->empty()); }

TEST_CASE("missing routes are found by the gateway that they led to") {
  const std::vector<ExpectedRoute> missing = {Expected("192.168.219.0/26", "10.39.1.219"),
                                              Expected("192.168.219.64/26", "10.39.1.219"),
                                              Expected("192.168.36.0/26", "10.39.1.36")};
  CHECK(*Run(HealthyNode(), missing) ==
        std::vector<FindingText>{
            {"10.39.1.36", "1 route by way of it that the kernel had when all was well is missing: 192.168.36.0/26"},
            {"10.39.1.219",
             "2 routes by way of it that the kernel had when all was well are missing: 192.168.219.0/26, "
             "192.168.219.64/26"}});
}

TEST_CASE("of many routes the first five are named") {
  std::vector<ExpectedRoute> missing;
  for (int block = 0; block < 5; ++block)
    missing.push_back(Expected(absl::StrCat("10.9.", block, ".0/26"), "10.39.1.36"));
  CHECK(Run(HealthyNode(), missing)->front().detail.ends_with("10.9.3.0/26, 10.9.4.0/26"));
  for (int block = 5; block < 9; ++block)
    missing.push_back(Expected(absl::StrCat("10.9.", block, ".0/26"), "10.39.1.36"));
  CHECK(
      Run(HealthyNode(), missing)->front().detail ==
      "9 routes by way of it that the kernel had when all was well are missing: 10.9.0.0/26, 10.9.1.0/26, 10.9.2.0/26, "
      "10.9.3.0/26, 10.9.4.0/26, …");
}

TEST_CASE("while the kernel's routes cannot be read, nothing is missing for sure") {
  Snapshot node = HealthyNode();
  node.routes = absl::UnavailableError("netlink is gone");
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
