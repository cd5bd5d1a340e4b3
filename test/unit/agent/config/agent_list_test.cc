// SPDX-License-Identifier: Apache-2.0
#include "agent/config/agent_list.h"

#include "test/support/catch.h"

namespace caliwatch {
namespace {

TEST_CASE("agents are named by the cluster's nodes, or by names and addresses") {
  CHECK(AgentListFrom("nodes")->by_nodes);
  CHECK(AgentListFrom("nodes")->port == 10179);
  CHECK(AgentListFrom("nodes:9000")->port == 9000);
  const auto list = AgentListFrom("caliwatch.kube-system.svc:9000, 10.0.0.1,[fd00::1]:9001,fd00::2");
  REQUIRE(list.ok());
  CHECK_FALSE(list->by_nodes);
  REQUIRE(list->hosts.size() == 4);
  CHECK(list->hosts[0].name == "caliwatch.kube-system.svc");
  CHECK(list->hosts[0].port == 9000);
  CHECK(list->hosts[1].port == 10179);
  CHECK(list->hosts[2].name == "fd00::1");
  CHECK(list->hosts[3].name == "fd00::2");
  for (const char* wrong : {"", ",", "nodes:", "nodes:0", "a:99999", "http://10.0.0.1", "root@10.0.0.1", "[fd00::1"}) {
    INFO(wrong);
    CHECK_FALSE(AgentListFrom(wrong).ok());
  }
}

TEST_CASE("a name may be marked as one of DNS") {
  const auto list = AgentListFrom("dns:caliwatch.kube-system.svc:9000,dns:caliwatch");
  REQUIRE(list.ok());
  REQUIRE(list->hosts.size() == 2);
  CHECK(list->hosts[0].name == "caliwatch.kube-system.svc");
  CHECK(list->hosts[0].port == 9000);
  CHECK(list->hosts[1].name == "caliwatch");
  CHECK(list->hosts[1].port == 10179);
  CHECK_FALSE(AgentListFrom("dns:").ok());
}

TEST_CASE("who asks no Kubernetes API names agents") {
  CHECK(NamedAgentsFrom("dns:caliwatch,10.39.1.11")->hosts.size() == 2);
  CHECK_FALSE(NamedAgentsFrom("nodes").ok());
  CHECK_FALSE(NamedAgentsFrom("").ok());
}

}  // namespace
}  // namespace caliwatch
