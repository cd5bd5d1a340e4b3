// SPDX-License-Identifier: Apache-2.0
#include "agent/cli/explain.h"

#include <absl/strings/match.h>

#include "agent/build/embedded.h"
#include "lib/analysis/findings/check.h"
#include "lib/cluster/check.h"
#include "lib/ipam/check.h"
#include "test/support/catch.h"
#include "test/support/status_says.h"

namespace caliwatch {
namespace {

TEST_CASE("every check and every runbook can be explained, and is in the list") {
  const std::string list = *Explanation("");
  CHECK(ExplainableNames().size() ==
        AllChecks().size() + AllClusterChecks().size() + AllIpamChecks().size() + Runbooks().size());
  for (const std::string& name : ExplainableNames()) {
    INFO(name);
    REQUIRE(Explanation(name).ok());
    CHECK(absl::StrContains(*Explanation(name), name));
    CHECK(absl::StrContains(list, "  " + name + "\n"));
  }
}

TEST_CASE("a check is explained with all that is known of it; an alert by its runbook") {
  const std::string check = *Explanation("BIRD_DOWN");
  for (const absl::string_view part :
       {"bird_down (critical)", "What it breaks\n  The node neither learns", "What to do\n", "CaliwatchBirdDown"})
    CHECK(absl::StrContains(check, part));
  CHECK(absl::StartsWith(*Explanation("caliwatchbirddown"), "# CaliwatchBirdDown\n"));
}

TEST_CASE("what is not known is refused, with the names that are like it") {
  CHECK(Says(Explanation("peer_flap").status(), "did you mean peer_flapping?"));
  CHECK(Says(Explanation("nonsense").status(), "`caliwatch explain` lists those there are"));
}

}  // namespace
}  // namespace caliwatch
