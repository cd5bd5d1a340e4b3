// SPDX-License-Identifier: Apache-2.0
#include "lib/view/json/workloads_json.h"

#include <optional>

#include <nlohmann/json.hpp>

#include "lib/model/utf8.h"

namespace caliwatch {
namespace {

using Json = nlohmann::ordered_json;

Json Text(absl::string_view text) { return std::string(text); }

Json OrNull(const std::optional<bool>& value) { return value ? Json(*value) : Json(); }

Json OrNull(absl::string_view text) { return text.empty() ? Json() : Text(text); }

Json SourceJson(absl::string_view name, const absl::Status& status) {
  return {{"source", Text(name)}, {"error", status.ok() ? Json() : Text(status.message())}};
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
                    {"pod", OrNull(PodOf(row))},
                    {"owner", OrNull(row.owner)},
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

Json BlocksJson(const NodeWorkloads& node) {
  if (!node.blocks.ok()) return {};
  Json blocks = Json::array();
  for (const Prefix& block : *node.blocks) blocks.push_back(block.ToString());
  return blocks;
}

}  // namespace

std::string WorkloadsJson(const NodeWorkloads& node) {
  const Json json{{"format", 1},
                  {"node", node.node_name.ok() ? Json(*node.node_name) : Json()},
                  {"taken_at", absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", node.taken_at, absl::UTCTimeZone())},
                  {"observed_seconds", absl::ToDoubleSeconds(node.observed)},
                  {"sources", SourcesJson(node)},
                  {"workloads", RowsJson(node)},
                  {"unlisted", node.unlisted},
                  {"own_addresses", OwnAddressesJson(node)},
                  {"blocks", BlocksJson(node)}};
  return PrintableJson(json.dump(1, ' ', false, Json::error_handler_t::replace)) + "\n";
}

}  // namespace caliwatch
