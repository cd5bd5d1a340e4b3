// SPDX-License-Identifier: Apache-2.0
#include "agent/nodes/agent_addresses.h"

#include <absl/strings/match.h>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

TEST_CASE("addresses stand for themselves, of either family, and names for all that they have") {
  std::vector<std::string> problems;
  const auto agents = LookUpAgents({{"127.0.0.1", 10179}, {"::1", 9000}}, problems);
  CHECK(problems.empty());
  REQUIRE(agents.size() == 2);
  CHECK(agents[0].address == "127.0.0.1:10179");
  CHECK(agents[1].address == "[::1]:9000");
  CHECK(agents[0].node.empty());
}

TEST_CASE("a name that is not found is told, and keeps nobody else from being asked") {
  std::vector<std::string> problems;
  CHECK(LookUpAgents({{"no-such-name.invalid", 10179}, {"127.0.0.1", 10179}}, problems).size() == 1);
  REQUIRE(problems.size() == 1);
  CHECK(absl::StrContains(problems[0], "no-such-name.invalid"));
}

}  // namespace
}  // namespace caliwatch
