// SPDX-License-Identifier: Apache-2.0
#include "lib/view/topics.h"

#include <set>

#include "agent/build/embedded.h"
#include "lib/cluster/check.h"
#include "lib/ipam/check.h"
#include "test/support/catch.h"

namespace caliwatch {
namespace {

using Names = std::vector<absl::string_view>;

const std::vector<Runbook>& Shipped() {
  static const auto* runbooks = new std::vector<Runbook>(RunbooksOf(Runbooks()));
  return *runbooks;
}

TEST_CASE("topics are all checks and all alerts, each by a name of its own") {
  std::set<absl::string_view> names;
  for (const Topic& topic : AllTopics(Shipped())) names.insert(topic.name());
  CHECK(names.size() ==
        AllCheckInfos().size() + AllClusterChecks().size() + AllIpamChecks().size() + Runbooks().size());
}

TEST_CASE("a topic is found whatever the case, and only by its whole name") {
  CHECK(TopicOf("Bird_Down", Shipped())->check->name == "bird_down");
  CHECK(TopicOf("caliwatchbirddown", Shipped())->runbook->alert == "CaliwatchBirdDown");
  for (const char* none : {"", "bird", "bird_down ", "CaliwatchBirdDown.md"}) {
    INFO(none);
    CHECK_FALSE(TopicOf(none, Shipped()));
  }
}

TEST_CASE("what was meant is what holds the name, else what differs in few letters") {
  CHECK(LikeTopics("peer_flap", Shipped()) == Names{"peer_flapping"});
  CHECK(LikeTopics("BIRD_DWN", Shipped()) == Names{"bird_down"});
  CHECK(LikeTopics("workload_rout_mising", Shipped()) == Names{"workload_route_missing"});
  CHECK(LikeTopics("_", Shipped()).size() == 5);
  CHECK(LikeTopics("nonsense", Shipped()).empty());
  CHECK(LikeTopics("", Shipped()).empty());
  CHECK(LikeTopics(std::string(100'000, 'a'), Shipped()).empty());
}

TEST_CASE("a runbook names a check by the check's whole name") {
  const std::vector<Runbook> runbooks = {{"A", "see `bgp_peer_down_routes_kept`"}, {"B", "| bgp_peer_down | x |"}};
  CHECK(AlertsThatName("bgp_peer_down", runbooks) == Names{"B"});
  CHECK(AlertsThatName("bgp_peer_down_routes_kept", runbooks) == Names{"A"});
  CHECK(AlertsThatName("peer_down", runbooks).empty());
}

TEST_CASE("checks of IPAM and of a cluster count in looks, the others in polls") {
  CHECK(HoldingText(*TopicOf("bird_down", Shipped())->check).find("poll") != std::string::npos);
  for (const IpamCheck& check : AllIpamChecks()) {
    INFO(check.info.name);
    CHECK(IsIpamCheck(check.info));
    CHECK(HoldingText(check.info).find("poll") == std::string::npos);
  }
  for (const ClusterCheck& check : AllClusterChecks()) {
    INFO(check.info.name);
    CHECK(IsClusterCheck(check.info));
    CHECK(HoldingText(check.info).find("poll") == std::string::npos);
  }
}

}  // namespace
}  // namespace caliwatch
