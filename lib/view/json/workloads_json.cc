// SPDX-License-Identifier: Apache-2.0
#include "lib/view/json/workloads_json.h"

#include <optional>

#include <nlohmann/json.hpp>

#include "lib/view/json/json_values.h"

namespace caliwatch {
namespace {

Json OrNull(const std::optional<bool>& value) { return value ? Json(*value) : Json(); }

Json SourceJson(absl::string_view name, const absl::Status& status) {
  return {{"source", Text(name)}, {"error", ErrorOrNull(status)}};
}

Json SourcesJson(const NodeWorkloads& node) {
  Json sources = Json::array({SourceJson("links", node.links), SourceJson("routes", node.routes),
                              SourceJson("neighbors", node.neighbors), SourceJson("addresses", node.addresses)});
  // Before Calico 3.30 there are no such files, which is no error.
  if (!absl::IsNotFound(node.endpoint_status)) sources.push_back(SourceJson("endpoint_status", node.endpoint_status));
  return sources;
}

Json RowsJson(const NodeWorkloads& node) {
  if (!node.workloads.ok()) return {};
  Json rows = Json::array();
  for (const UsedAddress& row : *node.workloads)
    rows.push_back({{"address", row.address.ToString()},
                    {"interface", row.interface},
                    {"pod", TextOrNull(PodOf(row))},
                    {"owner", TextOrNull(row.owner)},
                    {"interface_is_there", row.interface_is_there},
                    {"has_route", OrNull(row.has_route)},
                    {"has_endpoint", OrNull(row.has_endpoint)},
                    {"has_neighbor", OrNull(row.has_neighbor)},
                    {"unchanged_seconds", absl::ToDoubleSeconds(row.unchanged)}});
  return rows;
}

Json OwnAddressesJson(const NodeWorkloads& node) {
  if (!node.own_addresses.ok()) return {};
  Json rows = Json::array();
  for (const OwnAddress& own : *node.own_addresses)
    rows.push_back({{"address", own.address.ToString()}, {"interface", own.interface}, {"is_tunnel", own.is_tunnel}});
  return rows;
}

}  // namespace

std::string WorkloadsJson(const NodeWorkloads& node) {
  const Json json{{"format", 1},
                  {"node", node.node_name.ok() ? Json(*node.node_name) : Json()},
                  {"taken_at", When(node.taken_at)},
                  {"observed_seconds", absl::ToDoubleSeconds(node.observed)},
                  {"sources", SourcesJson(node)},
                  {"workloads", RowsJson(node)},
                  {"unlisted", node.unlisted},
                  {"own_addresses", OwnAddressesJson(node)},
                  {"blocks", BlocksJson(node)}};
  return Printed(json, 1);
}

}  // namespace caliwatch
