// SPDX-License-Identifier: Apache-2.0
#include "lib/view/json/cluster_json.h"

#include <fstream>
#include <set>
#include <string>

#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

#include "test/support/catch.h"
#include "test/support/told_cluster.h"

namespace caliwatch {
namespace {

using Json = nlohmann::json;

Json JsonOf(const std::vector<AskedAgent>& cluster) {
  ClusterState state;
  JudgeCluster(cluster, absl::FromUnixSeconds(1'800'000'000), state);
  return Json::parse(ClusterJson(JudgeCluster(cluster, absl::FromUnixSeconds(1'800'000'010), state)));
}

std::vector<AskedAgent> Broken() {
  std::vector<AskedAgent> cluster = HealthyCluster();
  cluster[2].node->blocks->push_back(cluster[0].node->blocks->front());
  cluster[1].node->findings = {{"warning", "peer_flapping", "10.39.1.12", absl::Minutes(9), 0}};
  cluster[1].node->workload_mtu = 1400;
  Silence(cluster[3]);
  return cluster;
}

TEST_CASE("a look is told with its findings, nodes and differences") {
  const Json json = JsonOf(Broken());
  CHECK(json.at("outcome") == "findings");
  CHECK(json.at("asked") == 4);
  CHECK(json.at("answered") == 3);
  CHECK(json.at("findings").at(0).at("check") == "cluster_block_twice");
  CHECK(json.at("findings").at(0).at("sure") == true);
  CHECK(json.at("findings").at(0).at("since") == "2027-01-15T08:00:00.000Z");
  CHECK(json.at("nodes_findings").at(0).at("nodes") == Json::array({"n2"}));
  CHECK(json.at("nodes").at(0).at("error") == "did not answer within 3s");
  CHECK(json.at("nodes").at(0).at("sessions").is_null());
  CHECK(json.at("nodes").at(1).at("node") == "n2");
  CHECK(json.at("differences").at(0).at("trait") == "MTU of pods");
}

TEST_CASE("names that are no text do not break it") {
  std::vector<AskedAgent> cluster = Broken();
  cluster[0].node->node = "n\xff\x01\"";
  CHECK(JsonOf(cluster).at("nodes").is_array());
}

std::set<std::string> KeysOf(const Json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.insert(key);
  return keys;
}

TEST_CASE("the schema names the keys of what is printed") {
  const Json schema = Json::parse(std::ifstream(absl::StrCat(CALIWATCH_SOURCE_DIR, "/docs/cluster.schema.json")));
  const Json json = JsonOf(Broken()), &keys = schema.at("properties");
  CHECK(KeysOf(keys) == KeysOf(json));
  for (const char* list : {"findings", "nodes_findings", "nodes", "differences"}) {
    INFO(list);
    CHECK(KeysOf(keys.at(list).at("items").at("properties")) == KeysOf(json.at(list).at(0)));
  }
  CHECK(KeysOf(keys.at("findings").at("items").at("properties").at("commands").at("items").at("properties")) ==
        KeysOf(json.at("findings").at(0).at("commands").at(0)));
  CHECK(KeysOf(keys.at("differences").at("items").at("properties").at("values").at("items").at("properties")) ==
        KeysOf(json.at("differences").at(0).at("values").at(0)));
}

}  // namespace
}  // namespace caliwatch
