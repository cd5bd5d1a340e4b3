// SPDX-License-Identifier: Apache-2.0
#include "lib/view/json/path_json.h"

#include <nlohmann/json.hpp>

#include "test/support/catch.h"
#include "test/support/judged_nodes.h"

namespace caliwatch {

TEST_CASE("a path is one object, with the place of its answer and what was found there") {
  const Report report = ReportOf(NodeWithPeerDown());
  const Verdict* down = nullptr;
  for (const Verdict& verdict : report.verdicts)
    if (!verdict.findings.empty()) down = &verdict;
  REQUIRE(down != nullptr);
  Path path;
  path.from = {"default/web-1", *IpAddress::Parse("192.168.5.1"), EndPlace::kPod, "cali1", "pod default/web-1"};
  path.to = {"192.168.6.1", *IpAddress::Parse("192.168.6.1")};
  path.there = {
      {.kind = HopKind::kInterface, .what = "cali1", .age = absl::Seconds(2)},
      {.kind = HopKind::kRoute,
       .verdict = HopVerdict::kWrong,
       .what = "none",
       .why = "no route\xff",
       .findings = {{down->check, &down->findings.front(), HopEffect::kCuts, down->check, &down->findings.front()}}}};
  path.back = {{.kind = HopKind::kFarNode,
                .verdict = HopVerdict::kUnseen,
                .what = "how it leaves",
                .elsewhere = Command{"caliwatch path A B", false, "the node of 10.39.1.6"}}};
  const auto json = nlohmann::json::parse(PathsJson({path}, report));
  CHECK(json["format"] == 1);
  CHECK(json["node"] == "node-231");
  REQUIRE(json["paths"].size() == 1);
  const auto& told = json["paths"][0];
  CHECK(told["family"] == "ipv4");
  CHECK(told["verdict"] == "wrong");
  CHECK(told["answer_hop"] == nlohmann::json({{"way", "there"}, {"index", 1}}));
  CHECK(told["from"]["place"] == "pod");
  CHECK(told["to"]["interface"].is_null());
  CHECK(told["there"][0]["age_seconds"] == 2);
  CHECK(told["there"][0]["why"].is_null());
  CHECK(told["there"][1]["why"] == "no route\xEF\xBF\xBD");
  CHECK(told["there"][1]["findings"][0]["check"] == std::string(down->check->name));
  CHECK(told["there"][1]["findings"][0]["cause"]["subject"] == down->findings.front().subject);
  CHECK(told["back"][0]["elsewhere"]["where"] == "the node of 10.39.1.6");
  CHECK_FALSE(told["remedy"].is_null());
  CHECK(told["commands"].size() == down->findings.front().finding.commands.size());

  path.there.pop_back();
  const auto whole = nlohmann::json::parse(PathsJson({path}, report));
  CHECK(whole["paths"][0]["verdict"] == "good");
  CHECK(whole["paths"][0]["answer_hop"].is_null());
  CHECK(whole["paths"][0]["remedy"].is_null());
}

}  // namespace caliwatch
