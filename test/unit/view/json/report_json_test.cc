// SPDX-License-Identifier: Apache-2.0
#include "lib/view/json/report_json.h"

#include <regex>
#include <set>
#include <string>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

#include "lib/view/terminal/report_text.h"
#include "test/support/catch.h"
#include "test/support/judged_nodes.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

nlohmann::json JsonOf(const Snapshot& node) { return nlohmann::json::parse(ReportJson(ReportOf(node), "")); }

TEST_CASE("JSON has the verdict, the peers with their routes, and the findings with their remedies") {
  const nlohmann::json json = JsonOf(NodeWithPeerDown());
  CHECK(json.at("format") == 1);
  CHECK(json.at("outcome") == "findings");
  CHECK(json.at("node") == "node-231");
  CHECK(json.at("taken_at") == "2027-01-15T08:00:00.000Z");
  REQUIRE(json.at("birds").size() == 1);
  CHECK(json.at("birds")[0].at("started_at") == "2027-01-15T04:00:00.000Z");
  REQUIRE(json.at("peers").size() == 2);
  CHECK(json.at("peers")[0].at("up") == false);
  CHECK(json.at("peers")[0].at("cause") == "refused");
  CHECK(json.at("peers")[0].at("error") == "Connection refused");
  CHECK(json.at("peers")[0].at("since") == "2027-01-15T07:58:45.000Z");
  CHECK(json.at("peers")[1].at("up") == true);
  CHECK(json.at("peers")[1].at("cause").is_null());
  REQUIRE(json.at("findings").size() == 1);
  CHECK(json.at("findings")[0].at("check") == "bgp_peer_down");
  CHECK_FALSE(json.at("findings")[0].at("remedy").get<std::string>().empty());
  CHECK(json.at("findings")[0].at("headline") == "BGP peer 10.39.1.219 is down");
  const nlohmann::json commands = json.at("findings")[0].at("commands");
  REQUIRE(commands.size() == 3);
  CHECK(commands[0].at("changes") == false);
  CHECK(commands[0].at("where").is_null());
  CHECK(commands[1].at("line") == "ss -tlnp 'sport = :179'");
  CHECK(commands[1].at("where") == "the node of 10.39.1.219");
  const auto remedy = json.at("findings")[0].at("remedy").get<std::string>();
  for (const nlohmann::json& command : commands)
    CHECK(absl::StrContains(remedy, absl::StrCat("\n", command.at("line").get<std::string>())));
  CHECK(JsonOf(NodeWithoutLinks()).at("outcome") == "cannot_judge");
  CHECK(JsonOf(HealthyNode()).at("outcome") == "clean");
  CHECK(JsonOf(NodeWithoutBird()).at("birds").empty());
}

TEST_CASE("JSON has the verdict's words, and what it counts, each with its subjects") {
  Report report = ReportOf(NodeWithPeerDown());
  for (Verdict& verdict : report.verdicts)
    if (verdict.check->name == "bgp_peer_down") {
      verdict.findings.push_back(verdict.findings.front());
      verdict.findings.back().subject = "fd39:1::12";
      verdict.findings.back().finding.who = "BGP peer fd39:1::12";
    }
  const nlohmann::json json = nlohmann::json::parse(ReportJson(report, ""));
  CHECK(json.at("verdict") == "1 critical problem");
  CHECK(json.at("findings").size() == 2);
  REQUIRE(json.at("problems").size() == 1);
  const nlohmann::json& problem = json.at("problems")[0];
  CHECK(problem.at("headline") == "BGP peer 10.39.1.219, as well as fd39:1::12, is down");
  CHECK(problem.at("subjects") == nlohmann::json{"10.39.1.219", "fd39:1::12"});
  CHECK(problem.at("unlisted_subjects") == 0);
}

TEST_CASE("JSON has each watched route, and null where routes cannot be read") {
  Observer observer({.watched_routes = {*Prefix::Parse("192.168.219.0/26"), *Prefix::Parse("198.51.100.0/24")}});
  const nlohmann::json watched =
      nlohmann::json::parse(ReportJson(observer.Observe(Seen(HealthyNode())), "")).at("watched_routes");
  REQUIRE(watched.size() == 2);
  CHECK(watched[0].at("present") == true);
  CHECK(watched[0].at("protocol") == "bird");
  CHECK(watched[0].at("peer") == "10.39.1.219");
  CHECK(watched[0].at("changed") == false);
  CHECK(watched[0].at("first_next_hops")[0].at("gateway") == "10.39.1.219");
  CHECK(watched[1].at("present") == false);
  CHECK(watched[1].at("type").is_null());
  CHECK(watched[1].at("next_hops") == 0);
  Report unread;
  unread.watched_routes = absl::UnavailableError("netlink is gone");
  CHECK(nlohmann::json::parse(ReportJson(unread, "")).at("watched_routes").is_null());
}

TEST_CASE("what a BIRD said before it fell silent has the error, and the time that it was read") {
  Snapshot node = HealthyNode();
  CHECK(JsonOf(node).at("birds")[0].at("read_at") == JsonOf(node).at("taken_at"));
  CHECK(JsonOf(node).at("peers")[0].at("read_at") == JsonOf(node).at("taken_at"));
  const auto json = nlohmann::json::parse(ReportJson(ReportOfSilentBird(), ""));
  CHECK(json.at("birds")[0].at("error") == "BIRD is silent");
  CHECK(json.at("birds")[0].at("version") == "v0.3.3+birdv1.6.8");
  CHECK(json.at("birds")[0].at("read_at") == "2027-01-15T08:00:00.000Z");
  CHECK(json.at("peers")[0].at("read_at") == "2027-01-15T08:00:00.000Z");
  CHECK(json.at("taken_at") == "2027-01-15T08:00:40.000Z");
}

TEST_CASE("Felix' health is told, and unknown where it does not answer") {
  Snapshot node = HealthyNode();
  node.felix->ready = false;
  node.felix->components[0].ready.reset();
  const nlohmann::json felix = JsonOf(node).at("felix");
  CHECK(felix.at("error").is_null());
  CHECK(felix.at("live") == true);
  CHECK(felix.at("ready") == false);
  CHECK(felix.at("since") == "2027-01-15T08:00:00.000Z");
  CHECK(felix.at("components")[0].at("component") == "CalculationGraph");
  CHECK(felix.at("components")[0].at("ready").is_null());
  CHECK(felix.at("components")[1].at("ready") == true);

  node.felix = absl::DeadlineExceededError("silence");
  Fail(node, "felix", node.felix.status());
  CHECK(JsonOf(node).at("felix").at("error") == "silence");
  CHECK(JsonOf(node).at("felix").at("ready").is_null());
  CHECK(JsonOf(node).at("felix").at("components").is_null());
  node.felix = absl::NotFoundError("nobody listens");
  Fail(node, "felix", node.felix.status());
  CHECK(JsonOf(node).at("felix").is_null());
}

TEST_CASE("unknown counts are null, not zero") {
  Snapshot node = HealthyNode();
  node.routes = absl::UnavailableError("netlink is gone");
  FirstPeer(node).age.reset();
  const nlohmann::json peer = JsonOf(node).at("peers").at(0);
  CHECK(peer.at("since").is_null());
  CHECK(peer.at("routes").at("in_kernel").is_null());
  CHECK(peer.at("routes").at("imported") == 1);
}

TEST_CASE("whatever bytes a node uses in names, it is JSON") {
  Snapshot node = NodeWithPeerDown();
  node.node_name = "evil\x1b[2J\r\n\xff";
  FirstPeer(node).address.reset();
  FirstPeer(node).name = "Mesh_\x1b]0;x\x07\xc2\x9b";
  CHECK_NOTHROW(JsonOf(node));
}

TEST_CASE("the version is the agent's, and null where there is none") {
  CHECK(nlohmann::json::parse(ReportJson(ReportOf(HealthyNode()), "0.1.0")).at("version") == "0.1.0");
  CHECK(JsonOf(HealthyNode()).at("version").is_null());
}

void CollectKeys(const nlohmann::json& json, std::set<std::string>& keys) {
  if (!json.is_structured()) return;
  for (const auto& [key, value] : json.items()) {
    if (json.is_object()) keys.insert(key);
    CollectKeys(value, keys);
  }
}

// With a restart behind it and one under way, and a finding that is over.
Report EventfulReport() {
  Snapshot node = NodeWithPeerDown();
  node.birds[Family::kIpv4].status->recovery = GracefulRestartWait{};
  Report report = ReportOf(node);
  ConvergenceReport& convergence = report.birds[Family::kIpv4].convergence;
  convergence.elapsed = absl::Seconds(42);
  convergence.blocking_peers = {{"Mesh_10_39_1_36", "10.39.1.36", PeerKind::kMesh, true}};
  EpisodeSummary episode;
  for (const ConvergencePhase phase : kConvergencePhases)
    if (phase != ConvergencePhase::kConverged) episode.phases[phase] = absl::Milliseconds(2500);
  episode.end = absl::Milliseconds(7500);
  episode.ended_at = report.taken_at - absl::Seconds(10);
  episode.blocking_peers = {{"Mesh_10_39_1_36", absl::Seconds(6)}};
  convergence.past = {episode, episode};
  convergence.past.back().converged = false;
  report.birds[Family::kIpv4].kernel_protocol->exports = ExportUpdates{20, 15, 1, 4};
  report.traffic = {{.name = "eth0", .role = LinkRole::kHost, .total = {}, .sent_per_second = 2.5}};
  report.recurring_routes = {{{*Prefix::Parse("192.168.36.0/26"), RouteOwner::kFelix, 1024}, 4, absl::Hours(1)}};
  WatchedRoute watched;
  watched.hops = {{*IpAddress::Parse("10.39.1.36"), "eth0"}};
  report.watched_routes = std::vector<WatchedRoute>{watched};
  report.past_findings = {
      {AllCheckInfos().front(), "x", "was so", report.taken_at - absl::Seconds(9), report.taken_at - absl::Seconds(4)}};
  return report;
}

TEST_CASE("JSON has the restarts of BIRD, the one under way and those before it, and findings that are over") {
  const auto json = nlohmann::json::parse(ReportJson(EventfulReport(), "0.1.0"));
  const nlohmann::json& convergence = json.at("convergence").at(0);
  CHECK(convergence.at("elapsed_seconds") == 42);
  CHECK(convergence.at("blocking_peers")[0].at("peer") == "10.39.1.36");
  REQUIRE(convergence.at("past").size() == 2);
  CHECK(convergence.at("past")[0].at("outcome") == "incomplete");
  CHECK(convergence.at("past")[1].at("outcome") == "converged");
  CHECK(convergence.at("past")[0].at("ended_at") == "2027-01-15T07:59:50.000Z");
  CHECK(convergence.at("past")[0].at("duration_seconds") == 7.5);
  CHECK(convergence.at("past")[0].at("phase_seconds").at("peers") == 2.5);
  CHECK(convergence.at("past")[0].at("waited_for")[0].at("seconds") == 6);
  CHECK(json.at("past_findings")[0].at("until") == "2027-01-15T07:59:56.000Z");
}

TEST_CASE("JSON has the other nodes, what passes on the way to them, and routes that recur") {
  const auto json = nlohmann::json::parse(ReportJson(EventfulReport(), "0.1.0"));
  const nlohmann::json& node = json.at("remote_nodes").at(0);
  CHECK(node.at("address") == "10.39.1.36");
  CHECK(node.at("way") == "direct");
  CHECK(node.at("blocks") == 1);
  CHECK(node.at("first_blocks") == nlohmann::json{"192.168.36.0/26"});
  CHECK(node.at("programmed_by") == nlohmann::json{"bird"});
  CHECK(json.at("traffic").at(0).at("sent_per_second") == 2.5);
  CHECK(json.at("traffic").at(0).at("received_per_second").is_null());
  CHECK(json.at("recurring_routes").at(0).at("returns") == 4);
  CHECK(json.at("birds").at(0).at("kernel_protocol").at("export_updates").at("filtered") == 1);
}

TEST_CASE("other nodes that cannot be known are null, not none") {
  Snapshot node = HealthyNode();
  node.fdb = absl::UnavailableError("gone");
  CHECK(nlohmann::json::parse(ReportJson(ReportOf(node), "")).at("remote_nodes").is_null());
}

TEST_CASE("docs/json.md describes every key there is, and no other") {
  std::set<std::string> keys, described;
  CollectKeys(nlohmann::json::parse(ReportJson(EventfulReport(), "0.1.0")), keys);
  const std::string page = Read(CALIWATCH_SOURCE_DIR "/docs/json.md");
  const std::regex key_cell("\\n\\| `([a-z_0-9]+)` \\|");
  for (std::sregex_iterator it(page.begin(), page.end(), key_cell), end; it != end; ++it) described.insert((*it)[1]);
  CHECK(keys == described);
}

TEST_CASE("of very many findings the first are listed, and how many more there are is told") {
  Snapshot node = NodeWithPeerDown();
  auto& peers = *node.birds[Family::kIpv4].peers;
  BgpPeer down = peers.front();
  for (int i = 1; i <= 149; ++i) {
    down.address = *IpAddress::Parse(absl::StrCat("10.40.0.", i));
    down.name = absl::StrCat("Mesh_10_40_0_", i);
    peers.push_back(down);
  }
  const nlohmann::json json = JsonOf(node);
  size_t listed = 0;
  for (const auto& finding : json.at("findings")) listed += finding.at("check") == "bgp_peer_down";
  CHECK(listed == 100);
  for (const auto& check : json.at("checks")) {
    if (check.at("check") != "bgp_peer_down") continue;
    CHECK(check.at("findings") == 150);
    CHECK(check.at("unlisted_findings") == 50);
  }
  CHECK(json.at("outcome") == "findings");
  CHECK(absl::StrContains(ReportText(ReportOf(node), false), "and 50 more of this check"));
  REQUIRE(json.at("problems").size() == 1);
  CHECK(json.at("problems")[0].at("subjects").size() == 100);
  CHECK(json.at("problems")[0].at("unlisted_subjects") == 50);
  CHECK(absl::StartsWith(ReportText(ReportOf(node), false), "node-231: 1 critical problem\n"));
}

}  // namespace
}  // namespace caliwatch
