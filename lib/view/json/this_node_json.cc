// SPDX-License-Identifier: Apache-2.0
#include "lib/view/json/this_node_json.h"

#include <string>

#include <nlohmann/json.hpp>

#include "lib/view/json/json_values.h"
#include "lib/view/this_node_words.h"

namespace caliwatch {
namespace {

Json AddressesJson(const PerFamily<std::optional<IpAddress>>& addresses) {
  Json json = Json::object();
  for (const Family family : kFamilies)
    json[std::string(ToString(family))] = addresses[family] ? Text(addresses[family]->ToString()) : Json();
  return json;
}

Json AsJson(const Report& report) {
  const std::optional<LocalAs> as = LocalAsOf(report);
  return as && !as->read ? Json({{"number", as->number}, {"is_of_mesh", as->is_of_mesh}}) : Json();
}

Json TunnelsJson(const Report& report) {
  if (!report.this_node.tunnels.ok()) return {};
  Json json = Json::array();
  for (const NodeTunnel& tunnel : *report.this_node.tunnels) {
    Json addresses = Json::array();
    for (const IpAddress& address : tunnel.addresses) addresses.push_back(address.ToString());
    json.push_back({{"interface", tunnel.device},
                    {"way", Text(ToString(tunnel.way))},
                    {"up", tunnel.up},
                    {"addresses", addresses}});
  }
  return json;
}

Json InterfacesJson(const Report& report) {
  const auto& interfaces = report.kernel.workload_interfaces;
  return interfaces.ok() ? Json({{"up", interfaces->up}, {"down", interfaces->down}}) : Json();
}

Json BlocksJson(const Report& report) {
  if (!report.kernel.block_use.ok()) return {};
  Json json = Json::array();
  for (const BlockUse& use : *report.kernel.block_use)
    json.push_back({{"block", use.block.ToString()}, {"addresses", use.size}, {"in_use", use.workload_ips}});
  return json;
}

// Kinds that there are none of are left out, as they are zero and not unknown.
Json KernelRoutesJson(const Report& report) {
  if (!report.kernel.routes.ok()) return {};
  Json json = Json::array();
  for (const auto& [key, count] : *report.kernel.routes)
    if (count != 0)
      json.push_back({{"family", Text(ToString(std::get<Family>(key)))},
                      {"protocol", Text(ToString(std::get<RouteOwner>(key)))},
                      {"route_type", Text(ToString(std::get<RouteKind>(key)))},
                      {"routes", count}});
  return json;
}

Json NeighborTablesJson(const Report& report) {
  if (!report.kernel.neighbor_limits.ok()) return {};
  Json json = Json::array();
  for (const NeighborLimits& table : *report.kernel.neighbor_limits)
    json.push_back({{"family", Text(ToString(table.family))},
                    {"entries", table.entries},
                    {"soft_limit", table.soft_limit},
                    {"limit", table.limit}});
  return json;
}

}  // namespace

nlohmann::ordered_json ThisNodeJson(const Report& report) {
  const auto& workloads = report.this_node.workloads;
  return {{"addresses", AddressesJson(report.this_node.addresses)},
          {"as", AsJson(report)},
          {"tunnels", TunnelsJson(report)},
          {"workloads", workloads.ok() ? Json(*workloads) : Json()},
          {"workload_interfaces", InterfacesJson(report)},
          {"blocks", BlocksJson(report)},
          {"kernel_routes", KernelRoutesJson(report)},
          {"neighbor_tables", NeighborTablesJson(report)}};
}

}  // namespace caliwatch
