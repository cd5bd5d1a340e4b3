// SPDX-License-Identifier: Apache-2.0
#include "agent/nodes/cluster_looks.h"

#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "test/support/catch.h"
#include "test/support/fake_felix.h"
#include "test/support/healthy_node.h"
#include "test/support/node_documents.h"

namespace caliwatch {
namespace {

// An agent of a healthy node, which keeps what it was asked for.
struct FakeAgent {
  std::mutex mutex;
  std::vector<std::string> paths = {};
  const std::string node = ServedNode(HealthyNode());
  FakeFelix server{[this](FakeFelix::Client& client, const std::string& path) {
    const std::lock_guard lock(mutex);
    paths.push_back(path);
    client.Send(absl::StrCat("HTTP/1.0 200 OK\r\nAge: 1\r\n\r\n", node));
  }};

  AgentList::Host host() const { return {"127.0.0.1", server.port}; }
};

LookOptions Asking(std::vector<AgentList::Host> hosts) {
  return {.agents = {.hosts = std::move(hosts)}, .own_agent_port = 1};  // nobody is there
}

TEST_CASE("those that are named are asked, and no others") {
  FakeAgent agent;
  const auto report = ClusterLooks(Asking({agent.host()})).Look();
  REQUIRE(report.ok());
  REQUIRE(report->nodes.size() == 1);
  CHECK(report->nodes[0].name == "node-231");
  CHECK(report->answered == 1);
  CHECK(report->problems.empty());
  CHECK(report->tunnels_compared);
}

TEST_CASE("a name that is not found is a problem of the look, and nobody found none at all") {
  FakeAgent agent;
  const AgentList::Host lost{"agents.invalid"};
  const auto report = ClusterLooks(Asking({lost, agent.host()})).Look();
  REQUIRE(report.ok());
  REQUIRE(report->problems.size() == 1);
  CHECK(absl::StrContains(report->problems[0], "agents.invalid is not found"));
  CHECK(report->outcome() != ClusterOutcome::kClean);
  const auto none = ClusterLooks(Asking({lost})).Look();
  CHECK(absl::IsUnavailable(none.status()));
  CHECK(absl::StrContains(none.status().message(), "agents.invalid is not found"));
}

TEST_CASE("where no name is found the own agent may be asked for its neighbours") {
  FakeAgent own;
  LookOptions options = Asking({{"agents.invalid"}});
  options.or_own_agent = true;
  options.own_agent_port = own.server.port;
  options.within = absl::Seconds(1);  // the nodes that it knows are nowhere
  const auto report = ClusterLooks(options).Look();
  REQUIRE(report.ok());
  CHECK(report->problems.size() == 1);
  std::set<std::string> asked;
  for (const NodeRow& row : report->nodes) asked.insert(row.agent);
  CHECK(asked == std::set<std::string>{absl::StrCat("10.39.1.219:", own.server.port),
                                       absl::StrCat("10.39.1.36:", own.server.port)});
}

TEST_CASE("of many, none is asked which nodes it knows, and whom there is no room for is counted") {
  FakeAgent first, second;
  LookOptions options = Asking({first.host(), second.host()});
  options.limits.most_with_others = 1;
  ClusterLooks(options).Look().IgnoreError();
  CHECK(first.paths.at(0) == "/api/v1/node?other_nodes=0");
  options.limits.most_agents = 1;
  const auto report = ClusterLooks(options).Look();
  REQUIRE(report.ok());
  CHECK_FALSE(report->tunnels_compared);
  CHECK(report->nodes.size() == 1);
  REQUIRE(report->problems.size() == 1);
  CHECK(report->problems[0] == "1 agents more than 1, which is how many are asked");
}

}  // namespace
}  // namespace caliwatch
