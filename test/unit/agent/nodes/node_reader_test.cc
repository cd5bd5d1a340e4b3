// SPDX-License-Identifier: Apache-2.0
#include "agent/nodes/node_reader.h"

#include <atomic>
#include <memory>
#include <string>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>
#include <absl/time/clock.h>

#include "lib/view/json/workloads_json.h"
#include "test/support/catch.h"
#include "test/support/fake_felix.h"
#include "test/support/healthy_node.h"
#include "test/support/node_documents.h"

namespace caliwatch {
namespace {

std::string Answered(const std::string& body, absl::string_view headers = "Age: 3\r\n") {
  return absl::StrCat("HTTP/1.0 200 OK\r\n", headers, "Content-Length: ", body.size(), "\r\n\r\n", body);
}

std::string Workloads() { return WorkloadsJson(NodeWorkloadsHistory().Follow(HealthyNode())); }

// An agent that counts how often it is asked for its workloads.
struct FakeAgent {
  explicit FakeAgent(std::string node_text) : node(std::move(node_text)) {}

  std::string node;
  std::atomic<int> asked_for_workloads = 0;
  FakeFelix server{[this](FakeFelix::Client& client, const std::string& path) {
    if (path == "/api/v1/node") client.Send(node);
    if (path != "/api/v1/workloads") return;
    ++asked_for_workloads;
    client.Send(Answered(Workloads()));
  }};
};

TEST_CASE("an agent tells its node, its age and its workloads") {
  const FakeAgent agent(Answered(ServedNode(HealthyNode())));
  const std::vector<AskedAgent> asked = NodeReader().Read({agent.server.address}, absl::Seconds(30));
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].address == agent.server.address);
  REQUIRE(asked[0].node.ok());
  CHECK(asked[0].node->node == "node-231");
  CHECK(asked[0].age == absl::Seconds(3));
  REQUIRE(asked[0].workloads.ok());
  CHECK(asked[0].workloads->size() == 2);
}

TEST_CASE("workloads are asked for again when their digest has changed, and are older otherwise") {
  FakeAgent agent(Answered(ServedNode(HealthyNode())));
  NodeReader reader;
  const auto before = reader.Read({agent.server.address}, absl::Seconds(30));
  const auto same = reader.Read({agent.server.address}, absl::Seconds(30));
  CHECK(agent.asked_for_workloads == 1);
  REQUIRE(same[0].workloads.ok());
  CHECK(same[0].workloads->at(0).unchanged > before[0].workloads->at(0).unchanged);
  Snapshot other = HealthyNode();
  other.endpoints = std::vector<Endpoint>{EndpointRow("default/pod-1", "cali12ab34cd56e", "192.168.231.1")};
  agent.node = Answered(ServedNode(other));
  reader.Read({agent.server.address}, absl::Seconds(30));
  CHECK(agent.asked_for_workloads == 2);
}

TEST_CASE("what is no agent, or a wrong one, costs its own row, and says why") {
  const std::string good = ServedNode(HealthyNode());
  const std::pair<std::string, const char*> wrong[] = {
      {"HTTP/1.0 404 Not Found\r\n\r\n", "no agent is there"},
      {"HTTP/1.0 503 Service Unavailable\r\n\r\nnot yet\x1b[0m", "it answered 503: not yet"},
      {Answered(good, ""), "does not say how old"},
      {Answered("<html>"), "no JSON"},
      {Answered(absl::StrReplaceAll(good, {{"\"format\":1", "\"format\":2"}})), "its format is not 1"},
      {"SSH-2.0-OpenSSH\r\n", "does not speak HTTP"},
      {Answered(std::string(ReadingLimits().most_bytes, ' ')), "sent more than"}};
  const FakeAgent right(Answered(good));
  for (const auto& [answer, why] : wrong) {
    INFO(why);
    const FakeAgent agent(answer);
    const auto asked = NodeReader().Read({agent.server.address, right.server.address}, absl::Seconds(30));
    REQUIRE(asked.size() == 2);
    CHECK(absl::StrContains(asked[0].node.status().message(), why));
    CHECK_FALSE(absl::StrContains(asked[0].node.status().message(), "\x1b"));
    CHECK(asked[1].node.ok());
    CHECK(agent.asked_for_workloads == 0);
  }
}

TEST_CASE("where there is no time left, nobody is asked, and it is said") {
  const FakeAgent agent(Answered(ServedNode(HealthyNode())));
  const auto asked = NodeReader().Read({agent.server.address}, absl::ZeroDuration());
  CHECK(absl::IsDeadlineExceeded(asked.at(0).node.status()));
  CHECK(NodeReader().Read({}, absl::Seconds(1)).empty());
}

}  // namespace
}  // namespace caliwatch
