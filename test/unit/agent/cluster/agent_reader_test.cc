// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/agent_reader.h"

#include <string>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "test/support/catch.h"
#include "test/support/fake_http.h"

namespace caliwatch {
namespace {

using Client = FakeHttp::Client;
using Request = FakeHttp::Request;

std::string Document(const std::string& node, const std::string& address) {
  return absl::StrCat(R"({"format":1,"node":")", node, R"(","sources":[{"source":"links","error":null}],"unlisted":0,
"workloads":[{"address":")",
                      address, R"(","interface":"cali1","pod":"default/web","has_route":true,
"has_endpoint":true,"has_neighbor":null}],"own_addresses":[],"blocks":["10.48.0.0/26"]})");
}

HttpReply Reply(const std::string& body, absl::Duration age = absl::Seconds(2)) {
  return {.status = 200, .body = body, .age = age};
}

NodeReport ReportFrom(const absl::StatusOr<HttpReply>& reply, const std::string& node = "n1") {
  return ReportOf({"10.0.0.1:10179", node}, reply, absl::FromUnixSeconds(1'000));
}

TEST_CASE("nodes are asked at their first address, names at each that they have, and none twice") {
  ClusterTable<ClusterNode> nodes;
  nodes.complete = absl::OkStatus();
  nodes.rows["n1"] = {
      .name = "n1", .addresses = {*IpAddress::Parse("fd00::1"), *IpAddress::Parse("10.0.0.1")}, .tunnel_addresses = {}};
  nodes.rows["n2"].name = "n2";
  std::vector<std::string> problems;
  const auto agents = AgentAddressesOf(*AgentListFrom("nodes"), nodes, problems);
  CHECK(agents == std::vector<AgentAddress>{{"[fd00::1]:10179", "n1"}});
  CHECK(problems.empty());
  CHECK(AgentAddressesOf(*AgentListFrom("127.0.0.1,127.0.0.1:10179"), nodes, problems).size() == 1);
  AgentAddressesOf(*AgentListFrom("no-such-name.invalid"), nodes, problems);
  REQUIRE(problems.size() == 1);
  CHECK(absl::StrContains(problems[0], "no-such-name.invalid"));
}

TEST_CASE("an agent's answer is its node's report, as old as it is") {
  const NodeReport report = ReportFrom(Reply(Document("n1", "10.48.0.1")));
  CHECK(report.node == "n1");
  CHECK(report.kernel.ok());
  CHECK(report.read_at == absl::FromUnixSeconds(998));
  CHECK(report.addresses.size() == 1);
}

TEST_CASE("an answer that is old, of unknown age or of another node proves that nothing is missing") {
  const NodeReport old = ReportFrom(Reply(Document("n1", "10.48.0.1"), absl::Minutes(5)));
  CHECK(absl::StrContains(old.kernel.message(), "looked at its node last 5m ago"));
  CHECK(old.addresses.size() == 1);
  HttpReply ageless = Reply(Document("n1", "10.48.0.1"));
  ageless.age.reset();
  CHECK_FALSE(ReportFrom(ageless).kernel.ok());
  const NodeReport other = ReportFrom(Reply(Document("n2", "10.48.0.1")));
  CHECK(other.node == "n1");
  CHECK(absl::StrContains(other.kernel.message(), "says that it is on 'n2'"));
  CHECK(ReportFrom(Reply(Document("n2", "10.48.0.1")), "").node == "n2");
  CHECK(ReportFrom(Reply(Document("", "10.48.0.1")), "").node == "10.0.0.1:10179");
}

TEST_CASE("an agent that fails leaves its node unknown, with the reason") {
  const absl::StatusOr<HttpReply> replies[] = {absl::UnavailableError("connection refused"),
                                               HttpReply{.status = 503, .body = "not yet\x1b[0m"}, Reply("<html>"),
                                               Reply(R"({"format":2})"), Reply(Document("n1", "no address"))};
  for (const auto& reply : replies) {
    const NodeReport report = ReportFrom(reply);
    CHECK(report.node == "n1");
    CHECK_FALSE(report.kernel.ok());
    CHECK(report.addresses.empty());
    CHECK(absl::StartsWith(report.kernel.message(), "the agent at 10.0.0.1:10179: "));
    CHECK_FALSE(absl::StrContains(report.kernel.message(), "\x1b"));
  }
}

TEST_CASE("two agents that say to be on one node: what each has counts, and neither takes anything away") {
  ClusterTable<NodeReport> reports;
  AddReport(ReportFrom(Reply(Document("n1", "10.48.0.2")), ""), reports);
  AddReport(ReportFrom(Reply(Document("n1", "10.48.0.1")), ""), reports);
  REQUIRE(reports.rows.size() == 1);
  const NodeReport& report = reports.rows.at("n1");
  REQUIRE(report.addresses.size() == 2);
  CHECK(report.addresses[0].address < report.addresses[1].address);
  CHECK_FALSE(report.kernel.ok());
  CHECK_FALSE(report.local_blocks.has_value());
}

TEST_CASE("all agents are asked at once; a slow, a huge and a lying one cost their own rows alone") {
  FakeHttp good([](const Client& client, const Request& request) {
    client.Send(HttpReplyText("200 OK", request.target == "/api/v1/workloads" ? Document("good", "10.48.0.1") : "",
                              "Age: 1\r\n"));
  });
  FakeHttp silent([](const Client& client, const Request&) { client.WaitForHangUp(); });
  FakeHttp huge([](const Client& client, const Request&) {
    client.Send(HttpStreamHead());
    while (client.Send(std::string(100'000, ' '))) continue;
  });
  FakeHttp lying([](const Client& client, const Request&) {
    client.Send(HttpReplyText("200 OK", Document("good", "10.48.0.9"), "Age: 1\r\n"));
  });
  const auto address = [](const FakeHttp& server) { return absl::StrCat("127.0.0.1:", server.port); };
  Transfers transfers;
  ClusterTable<NodeReport> reports;
  AgentReader(transfers).Read(
      {{address(good), "good"}, {address(silent), "silent"}, {address(huge), "huge"}, {address(lying), "liar"}},
      absl::Seconds(2), reports);
  CHECK(reports.complete.ok());
  REQUIRE(reports.rows.size() == 4);
  CHECK(reports.rows.at("good").kernel.ok());
  CHECK(reports.rows.at("good").addresses.size() == 1);
  for (const char* node : {"silent", "huge", "liar"}) CHECK_FALSE(reports.rows.at(node).kernel.ok());
  AgentReader(transfers).Read({}, absl::Seconds(2), reports);
  CHECK(absl::IsNotFound(reports.complete));
  CHECK(reports.rows.empty());
}

TEST_CASE("for whom there is no time left, is unknown, however many they are") {
  std::vector<AgentAddress> agents;
  for (int number = 0; number < 1'000; ++number) agents.push_back({"127.0.0.1:9", absl::StrCat("n", number)});
  Transfers transfers;
  ClusterTable<NodeReport> reports;
  AgentReader(transfers).Read(agents, absl::ZeroDuration(), reports);
  REQUIRE(reports.rows.size() == 1'000);
  for (const auto& [node, report] : reports.rows) REQUIRE_FALSE(report.kernel.ok());
}

}  // namespace
}  // namespace caliwatch
