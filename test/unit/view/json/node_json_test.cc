// SPDX-License-Identifier: Apache-2.0
#include "lib/view/json/node_json.h"

#include <fstream>
#include <set>
#include <string>

#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/node_documents.h"

namespace caliwatch {
namespace {

using Json = nlohmann::json;

Json JsonOf(const Snapshot& node) { return Json::parse(ServedNode(node)); }

Snapshot NodeWithTunnel() {
  Snapshot node = HealthyNode();
  for (BgpPeer& peer : *node.birds[Family::kIpv4].peers) peer.source_address = *IpAddress::Parse("10.39.1.231");
  node.links->push_back(WorkloadLink(9, "tunl0"));
  node.links->back().role = LinkRole::kTunnel;
  node.links->back().mtu = 1480;
  node.addresses->push_back({*IpAddress::Parse("192.168.231.9"), 32, RT_SCOPE_UNIVERSE, 0, 9});
  return node;
}

TEST_CASE("a node is told with its sessions, the nodes that it knows, its blocks and its tunnels") {
  const Json json = JsonOf(NodeWithTunnel());
  CHECK(json.at("format") == 1);
  CHECK(json.at("node") == "node-231");
  CHECK(json.at("outcome") == "clean");
  CHECK(json.at("findings").empty());
  CHECK(json.at("versions") == Json{{"caliwatch", "0.1.0"}, {"kernel", "6.1.0-31-amd64"}});
  CHECK(json.at("addresses").at("ipv4") == "10.39.1.231");
  CHECK(json.at("sessions").size() == 2);
  CHECK(json.at("sessions")[0].at("up") == true);
  CHECK(json.at("sessions")[0].at("kind") == "mesh");
  CHECK(json.at("birds").at("ipv4").at("answers") == true);
  CHECK(json.at("birds").at("ipv6").is_null());
  CHECK(json.at("blocks") == Json::array({"192.168.231.0/26"}));
  CHECK(json.at("other_nodes").size() == 2);
  CHECK(json.at("workloads").at("addresses") == 2);
  REQUIRE(json.at("tunnels").size() == 1);
  CHECK(json.at("tunnels")[0].at("mtu") == 1480);
  CHECK(json.at("tunnels")[0].at("addresses") == Json::array({"192.168.231.9"}));
}

TEST_CASE("the digest of the workloads changes with one of them, and with nothing else") {
  const std::string digest = JsonOf(HealthyNode()).at("workloads").at("digest");
  CHECK(digest.size() == 16);
  Snapshot node = HealthyNode();
  LetPass(absl::Minutes(5), node);
  CHECK(JsonOf(node).at("workloads").at("digest") == digest);
  node.endpoints = std::vector<Endpoint>{EndpointRow("default/pod-1", "cali12ab34cd56e", "192.168.231.1")};
  CHECK(JsonOf(node).at("workloads").at("digest") != digest);
}

TEST_CASE("what is unknown is null, and sessions of a BIRD that does not answer are not told") {
  Snapshot node = NodeWithTunnel();
  node.links = absl::UnavailableError("netlink is gone");
  node.routes = absl::UnavailableError("netlink is gone");
  node.birds[Family::kIpv4].status = absl::UnavailableError("no answer");
  node.birds[Family::kIpv4].protocols = absl::UnavailableError("no answer");
  node.birds[Family::kIpv4].peers = absl::UnavailableError("no answer");
  node.node_name = absl::UnavailableError("no nodename");
  const Json json = JsonOf(node);
  for (const char* key : {"node", "own_addresses", "tunnels", "other_nodes", "blocks", "workloads"}) {
    INFO(key);
    CHECK(json.at(key).is_null());
  }
  CHECK(json.at("sessions").empty());
}

std::set<std::string> KeysOf(const Json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.insert(key);
  return keys;
}

// The schema has no other keys and misses none; what each may hold, the system test validates.
TEST_CASE("the schema names the keys of a node's document") {
  const Json schema = Json::parse(std::ifstream(absl::StrCat(CALIWATCH_SOURCE_DIR, "/docs/node.schema.json")));
  Snapshot node = NodeWithTunnel();
  node.birds[Family::kIpv4].peers->front().state = ProtocolState::kStart;
  node.birds[Family::kIpv4].peers->front().bgp_state = BgpState::kActive;
  const Json json = JsonOf(node), &keys = schema.at("properties");
  CHECK(KeysOf(keys) == KeysOf(json));
  for (const char* object : {"versions", "addresses", "behaviour", "birds", "workloads", "unlisted"}) {
    INFO(object);
    CHECK(KeysOf(keys.at(object).at("properties")) == KeysOf(json.at(object)));
  }
  CHECK(KeysOf(schema.at("$defs").at("bird").at("properties")) == KeysOf(json.at("birds").at("ipv4")));
  for (const char* list : {"own_addresses", "tunnels", "sessions", "other_nodes", "findings"}) {
    INFO(list);
    REQUIRE_FALSE(json.at(list).empty());
    CHECK(KeysOf(keys.at(list).at("items").at("properties")) == KeysOf(json.at(list).at(0)));
  }
}

}  // namespace
}  // namespace caliwatch
