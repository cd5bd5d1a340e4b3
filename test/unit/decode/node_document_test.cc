// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/node_document.h"

#include <string>
#include <utility>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>
#include <nlohmann/json.hpp>

#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/node_documents.h"

namespace caliwatch {
namespace {

using Json = nlohmann::json;

Snapshot NodeWithPeerDown() {
  Snapshot node = HealthyNode();
  for (BgpPeer& peer : *node.birds[Family::kIpv4].peers) peer.source_address = *IpAddress::Parse("10.39.1.231");
  BgpPeer& peer = node.birds[Family::kIpv4].peers->front();
  peer.state = ProtocolState::kStart;
  peer.bgp_state = BgpState::kActive;
  peer.bgp_state_text = "Active";
  node.endpoints = absl::NotFoundError("no folder");
  return node;
}

TEST_CASE("what an agent serves is read again as it was") {
  const absl::StatusOr<NodeDocument> node = NodeDocumentFrom(ServedNode(NodeWithPeerDown()));
  REQUIRE(node.ok());
  CHECK(node->node == "node-231");
  CHECK(node->kernel == "6.1.0-31-amd64");
  CHECK(node->address[Family::kIpv4]->ToString() == "10.39.1.231");
  CHECK(node->outcome == "findings");
  REQUIRE(node->sessions.size() == 2);
  CHECK_FALSE(node->sessions[0].up);
  CHECK(node->sessions[0].state == "Active");
  CHECK(node->sessions[1].up);
  CHECK(node->sessions[1].peer_as.has_value());
  REQUIRE(node->birds[Family::kIpv4].has_value());
  CHECK(node->birds[Family::kIpv4]->answers);
  CHECK_FALSE(node->birds[Family::kIpv6].has_value());
  REQUIRE(node->others.has_value());
  CHECK(node->others->size() == 2);
  CHECK(node->blocks->front().ToString() == "192.168.231.0/26");
  CHECK(node->workloads->addresses == 2);
  REQUIRE_FALSE(node->findings.empty());
  CHECK(node->findings[0].check == "bgp_peer_down");
  CHECK(node->findings[0].lasted >= absl::ZeroDuration());
  CHECK(node->behaviour.endpoint_files == "none");
  CHECK(node->behaviour.pod_route_metric == 0);
  CHECK(node->behaviour.block_routes_by == "bird");
}

TEST_CASE("an agent that tells nothing of its behaviour is understood") {
  Json json = Json::parse(ServedNode(HealthyNode()));
  json.erase("behaviour");
  const absl::StatusOr<NodeDocument> node = NodeDocumentFrom(json.dump());
  REQUIRE(node.ok());
  CHECK_FALSE(node->behaviour.endpoint_files.has_value());
  CHECK_FALSE(node->behaviour.block_routes_by.has_value());
}

TEST_CASE("what is null is unknown, and never empty") {
  Json json = Json::parse(ServedNode(HealthyNode()));
  for (const char* key : {"node", "own_addresses", "tunnels", "other_nodes", "blocks", "workloads", "as"})
    json[key] = nullptr;
  const absl::StatusOr<NodeDocument> node = NodeDocumentFrom(json.dump());
  REQUIRE(node.ok());
  CHECK(node->node.empty());
  CHECK_FALSE(node->own_addresses.has_value());
  CHECK_FALSE(node->tunnels.has_value());
  CHECK_FALSE(node->others.has_value());
  CHECK_FALSE(node->blocks.has_value());
  CHECK_FALSE(node->workloads.has_value());
  CHECK_FALSE(node->as.has_value());
}

// Each of these is one member of a good document that holds something else.
TEST_CASE("a document of a node that is wrong is refused, and says where") {
  const Json good = Json::parse(ServedNode(NodeWithPeerDown()));
  const std::string long_text(kMostBytesOfText + 1, 'x');
  const std::pair<const char*, Json> damages[] = {{"/format", 2},
                                                  {"/node", Json::array()},
                                                  {"/node", long_text},
                                                  {"/taken_at", "yesterday"},
                                                  {"/booted_at", nullptr},
                                                  {"/versions", "1.0"},
                                                  {"/behaviour/endpoint_files", "some"},
                                                  {"/behaviour/block_routes_by", Json::array({long_text})},
                                                  {"/behaviour/rp_filter", -1},
                                                  {"/addresses/ipv4", "10.39.1"},
                                                  {"/own_addresses/0/address", nullptr},
                                                  {"/own_addresses/0/mtu", -1},
                                                  {"/tunnels", 7},
                                                  {"/as", 1e99},
                                                  {"/as", 4'294'967'296},
                                                  {"/birds/ipv4/answers", 7},
                                                  {"/sessions/0/family", "ipv5"},
                                                  {"/sessions/0/up", Json::object()},
                                                  {"/sessions/0/since", "soon"},
                                                  {"/sessions/0", 7},
                                                  {"/other_nodes/0/address", "here"},
                                                  {"/blocks/0", "192.168.231.0/99"},
                                                  {"/workloads", Json::array()},
                                                  {"/outcome", "fine"},
                                                  {"/findings/0/severity", "dreadful"},
                                                  {"/findings/0/effects", -3},
                                                  {"/unlisted/sessions", "none"}};
  for (const auto& [path, value] : damages) {
    INFO(path << " " << value.dump().substr(0, 40));
    Json json = good;
    REQUIRE(json.contains(Json::json_pointer(path)));
    json[Json::json_pointer(path)] = value;
    CHECK(absl::IsInvalidArgument(NodeDocumentFrom(json.dump()).status()));
  }
}

TEST_CASE("a document that is cut off, too deep or too long is refused") {
  const std::string good = ServedNode(HealthyNode());
  for (size_t end = 0; end < good.size() - 2; end += 37) CHECK_FALSE(NodeDocumentFrom(good.substr(0, end)).ok());
  CHECK(absl::StrContains(NodeDocumentFrom(std::string(100'000, '[')).status().message(), "nested"));
  CHECK_FALSE(NodeDocumentFrom("[]").ok());
  CHECK_FALSE(NodeDocumentFrom("").ok());
  CHECK(absl::StrContains(NodeDocumentFrom(R"({"format": 1e999})").status().message(), "too large"));
  Json json = Json::parse(good);
  for (const char* list : {"sessions", "other_nodes", "own_addresses"}) {
    INFO(list);
    Json longer = json;
    longer[list] = Json(kMostRowsOfDocument + 1, json[list].at(0));
    CHECK(absl::StrContains(NodeDocumentFrom(longer.dump()).status().message(), "too long a list"));
  }
  json["blocks"] = Json(kMostRowsOfDocument + 1, "192.168.231.0/26");
  CHECK_FALSE(NodeDocumentFrom(json.dump()).ok());
}

}  // namespace
}  // namespace caliwatch
