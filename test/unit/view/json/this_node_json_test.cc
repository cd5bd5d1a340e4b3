// SPDX-License-Identifier: Apache-2.0
#include "lib/view/json/this_node_json.h"

#include <string>

#include <nlohmann/json.hpp>

#include "test/support/catch.h"
#include "test/support/judged_nodes.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

TEST_CASE("JSON has what the node is, with numbers") {
  const nlohmann::json json = ThisNodeJson(ReportOf(HealthyNode()));
  CHECK(json.at("as") == nlohmann::json{{"number", 64512}, {"is_of_mesh", true}});
  CHECK(json.at("workloads") == 2);
  CHECK(json.at("workload_interfaces") == nlohmann::json{{"up", 2}, {"down", 0}});
  CHECK(json.at("tunnels") == nlohmann::json::array());
  CHECK(json.at("blocks")[0] == nlohmann::json{{"block", "192.168.231.0/26"}, {"addresses", 64.0}, {"in_use", 2}});
  CHECK(json.at("neighbor_tables")[0].at("limit") == 1024);
  CHECK(json.at("kernel_routes").size() == 4);
  CHECK(ThisNodeJson(ReportOf(VxlanNode())).at("tunnels")[0].at("way") == "vxlan");
}

TEST_CASE("what cannot be read of the node is null, and so is an AS number that BIRD does not tell now") {
  const nlohmann::json json = ThisNodeJson(ReportOf(NodeWithoutLinks()));
  for (const char* key : {"tunnels", "workloads", "workload_interfaces", "blocks"}) CHECK(json.at(key).is_null());
  CHECK(ThisNodeJson(ReportOfSilentBird()).at("as").is_null());
}

}  // namespace
}  // namespace caliwatch
