// SPDX-License-Identifier: Apache-2.0
#include "lib/view/json/workloads_json.h"

#include <fstream>
#include <set>
#include <string>

#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

using Json = nlohmann::json;

Json JsonOf(const Snapshot& node) { return Json::parse(WorkloadsJson(NodeWorkloadsHistory().Follow(node))); }

Snapshot NodeWithFile() {
  Snapshot node = HealthyNode();
  node.endpoints = std::vector<Endpoint>{EndpointRow("default/pod-1", "cali12ab34cd56e", "192.168.231.1")};
  return node;
}

TEST_CASE("the addresses of a node are told with their pods, the node and the time") {
  const Json json = JsonOf(NodeWithFile());
  CHECK(json.at("format") == 1);
  CHECK(json.at("node") == "node-231");
  CHECK(json.at("taken_at") == "2027-01-15T08:00:00.000Z");
  CHECK(json.at("blocks") == Json::array({"192.168.231.0/26"}));
  CHECK(json.at("workloads").size() == 2);
  CHECK(json.at("workloads")[0] == Json{{"address", "192.168.231.1"},
                                        {"interface", "cali12ab34cd56e"},
                                        {"pod", "default/pod-1"},
                                        {"owner", "pod default/pod-1"},
                                        {"interface_is_there", true},
                                        {"has_route", true},
                                        {"has_endpoint", true},
                                        {"has_neighbor", true},
                                        {"unchanged_seconds", 0.0}});
  CHECK(json.at("workloads")[1].at("pod").is_null());
  CHECK(json.at("workloads")[1].at("has_endpoint") == false);
}

TEST_CASE("what is unknown is null, with the reason, and what a node does not have is no error") {
  Snapshot node = NodeWithFile();
  node.routes = absl::UnavailableError("netlink is gone");
  Json json = JsonOf(node);
  CHECK(json.at("blocks").is_null());
  CHECK(json.at("workloads")[0].at("has_route").is_null());
  CHECK(json.at("sources")[1] == Json{{"source", "routes"}, {"error", "netlink is gone"}});
  node.links = absl::UnavailableError("netlink is gone");
  CHECK(JsonOf(node).at("workloads").is_null());
  CHECK(JsonOf(node).at("own_addresses").is_null());

  node = HealthyNode();
  node.endpoints = absl::NotFoundError("no endpoint-status");
  node.node_name = absl::UnavailableError("no nodename");
  json = JsonOf(node);
  CHECK(json.at("node").is_null());
  for (const Json& source : json.at("sources")) CHECK(source.at("source") != "endpoint_status");
}

TEST_CASE("an interface's name that is no text does not break the document") {
  Snapshot node = NodeWithFile();
  node.endpoints->at(0).interface = "cali\xff\x01\"";
  CHECK(JsonOf(node).at("workloads").is_array());
}

std::set<std::string> KeysOf(const Json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.insert(key);
  return keys;
}

// The schema has no other keys and misses none; what each may hold, the system test validates.
TEST_CASE("the schema names the document's keys") {
  const Json schema = Json::parse(std::ifstream(absl::StrCat(CALIWATCH_SOURCE_DIR, "/docs/workloads.schema.json")));
  Snapshot node = NodeWithFile();
  node.links->push_back(WorkloadLink(9, "tunl0"));
  node.addresses->push_back({*IpAddress::Parse("192.168.231.9"), 32, RT_SCOPE_UNIVERSE, 0, 9});
  const Json json = JsonOf(node);
  CHECK(KeysOf(schema.at("properties")) == KeysOf(json));
  for (const char* list : {"workloads", "own_addresses", "sources"}) {
    INFO(list);
    CHECK(KeysOf(schema.at("properties").at(list).at("items").at("properties")) == KeysOf(json.at(list).at(0)));
  }
}

}  // namespace
}  // namespace caliwatch
