// SPDX-License-Identifier: Apache-2.0
#include "lib/view/json/node_json.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include <absl/strings/str_format.h>
#include <nlohmann/json.hpp>

#include "lib/model/fnv_hash.h"
#include "lib/view/json/json_values.h"
#include "lib/view/summary.h"
#include "lib/view/this_node_words.h"

namespace caliwatch {
namespace {

Json AddressOrNull(const std::optional<IpAddress>& address) { return address ? Text(address->ToString()) : Json(); }
template <class Number>
Json NumberOrNull(const std::optional<Number>& number) {
  return number ? Json(*number) : Json();
}

// How many there are beyond those that the lists have.
struct Unlisted {
  size_t sessions = 0, other_nodes = 0, findings = 0, own_addresses = 0;
};

const NodeInterface* InterfaceCalled(absl::string_view name, const NodeBasics& basics) {
  for (const NodeInterface& interface : basics.interfaces)
    if (interface.name == name) return &interface;
  return nullptr;
}

Json MtuOf(const NodeInterface* interface) { return interface != nullptr ? Json(interface->mtu) : Json(); }

Json OwnAddressesJson(const NodeWorkloads& node, const NodeBasics& basics, Unlisted& unlisted) {
  if (!node.own_addresses.ok()) return {};
  Json rows = Json::array();
  unlisted.own_addresses = node.unlisted;
  for (const OwnAddress& own : *node.own_addresses) {
    if (rows.size() == kMostOwnAddressesTold) {
      ++unlisted.own_addresses;
      continue;
    }
    rows.push_back({{"address", own.address.ToString()},
                    {"interface", own.interface},
                    {"is_tunnel", own.is_tunnel},
                    {"mtu", MtuOf(InterfaceCalled(own.interface, basics))}});
  }
  return rows;
}

Json TunnelsJson(const Report& report, const NodeBasics& basics) {
  if (!report.this_node.tunnels.ok()) return {};
  Json rows = Json::array();
  for (const NodeTunnel& tunnel : *report.this_node.tunnels) {
    const NodeInterface* interface = InterfaceCalled(tunnel.device, basics);
    Json addresses = Json::array();
    for (const IpAddress& address : tunnel.addresses) addresses.push_back(address.ToString());
    rows.push_back({{"interface", tunnel.device},
                    {"way", Text(ToString(tunnel.way))},
                    {"up", tunnel.up},
                    {"mtu", MtuOf(interface)},
                    {"mac", interface != nullptr && interface->mac ? Text(ToString(*interface->mac)) : Json()},
                    {"addresses", std::move(addresses)}});
  }
  return rows;
}

Json BehaviourJson(const NodeBehaviour& behaviour) {
  Json limits = Json::object();
  for (const Family family : kFamilies)
    limits[std::string(ToString(family))] = NumberOrNull(behaviour.neighbor_limit[family]);
  return {{"endpoint_files", behaviour.endpoint_files ? Text(ToString(*behaviour.endpoint_files)) : Json()},
          {"pod_route_metric", NumberOrNull(behaviour.pod_route_metric)},
          {"block_routes_by", behaviour.block_routes_by ? Json(*behaviour.block_routes_by) : Json()},
          {"rp_filter", NumberOrNull(behaviour.rp_filter)},
          {"neighbor_limit", std::move(limits)}};
}

// Null: this node runs none.
Json BirdJson(const BirdReport& bird) {
  if (!bird.expected) return {};
  const bool answers = bird.is_current() && bird.status.ok();
  return {{"answers", answers},
          {"version", answers ? TextOrNull(bird.status->version) : Json()},
          {"router_id", answers ? TextOrNull(bird.status->router_id) : Json()}};
}

Json SessionsJson(const Report& report, Unlisted& unlisted) {
  Json rows = Json::array();
  for (const PeerReport& peer : report.peers) {
    if (!report.birds[peer.family].is_current()) continue;
    if (rows.size() == kMostSessionsTold) {
      ++unlisted.sessions;
      continue;
    }
    const BgpPeer& told = peer.peer;
    rows.push_back({{"family", Text(ToString(peer.family))},
                    {"protocol", told.name},
                    {"kind", Text(ToString(told.kind))},
                    {"peer", AddressOrNull(told.address)},
                    {"local", AddressOrNull(told.source_address)},
                    {"peer_as", NumberOrNull(told.remote_as)},
                    {"local_as", NumberOrNull(told.local_as)},
                    {"up", told.IsUp()},
                    {"state", TextOrNull(told.bgp_state_text)},
                    {"passive", told.IsPassive()},
                    {"hold_seconds", told.hold_timer ? Json(absl::ToInt64Seconds(told.hold_timer->total)) : Json()},
                    {"since", peer.since ? When(*peer.since) : Json()}});
  }
  return rows;
}

Json OtherNodesJson(const Report& report, Unlisted& unlisted) {
  if (!report.remote_nodes.ok()) return {};
  Json rows = Json::array();
  for (const RemoteNode& node : report.remote_nodes->rows) {
    if (rows.size() == kMostNodesTold) {
      ++unlisted.other_nodes;
      continue;
    }
    rows.push_back({{"family", Text(ToString(node.family))},
                    {"address", AddressOrNull(node.address)},
                    {"tunnel_address", AddressOrNull(node.tunnel_address)},
                    {"way", Text(ToString(node.way))},
                    {"blocks", node.blocks}});
  }
  return rows;
}

constexpr uint8_t kEndOfText = 0xff;  // no UTF-8 has this byte

Json WorkloadsJson(const NodeWorkloads& node) {
  if (!node.workloads.ok()) return {};
  FnvHash hash;
  for (const UsedAddress& row : *node.workloads) {
    const std::string address = row.address.ToString();
    const char flags[] = {row.interface_is_there ? '1' : '0', row.has_route.value_or(false) ? '1' : '0'};
    for (const absl::string_view text : {absl::string_view(address), absl::string_view(row.interface),
                                         absl::string_view(row.owner), absl::string_view(flags, 2)}) {
      hash.Add(text);
      hash.Add(kEndOfText);
    }
  }
  return {{"addresses", node.workloads->size()}, {"digest", absl::StrFormat("%016x", hash.value())}};
}

Json FindingsJson(const Summary& summary, const Report& report, Unlisted& unlisted) {
  Json rows = Json::array();
  for (const CauseWithEffects& cause : summary.causes) {
    if (rows.size() == kMostFindingsTold) {
      ++unlisted.findings;
      continue;
    }
    rows.push_back({{"severity", Text(ToString(cause.check->severity))},
                    {"check", Text(cause.check->name)},
                    {"subject", cause.open->subject},
                    {"since", When(cause.open->since)},
                    {"effects", cause.open->effects}});
  }
  for (const Verdict& verdict : report.verdicts) unlisted.findings += verdict.unlisted_causes;
  return rows;
}

Json AddressesJson(const Report& report) {
  Json json = Json::object();
  for (const Family family : kFamilies)
    json[std::string(ToString(family))] = AddressOrNull(report.this_node.addresses[family]);
  return json;
}

}  // namespace

std::string NodeJson(const Report& report, const NodeWorkloads& workloads, const NodeBasics& basics,
                     const NodeVersions& versions, bool with_other_nodes) {
  const Summary summary = Summarize(report);
  const std::optional<LocalAs> as = LocalAsOf(report);
  Unlisted unlisted;
  Json json{
      {"format", 1},
      {"node", report.node_name.ok() ? TextOrNull(*report.node_name) : Json()},
      {"taken_at", When(report.taken_at)},
      {"booted_at", When(basics.booted)},
      {"versions", {{"caliwatch", TextOrNull(versions.caliwatch)}, {"kernel", TextOrNull(versions.kernel)}}},
      {"addresses", AddressesJson(report)},
      {"own_addresses", OwnAddressesJson(workloads, basics, unlisted)},
      {"tunnels", TunnelsJson(report, basics)},
      {"workload_mtu", NumberOrNull(basics.workload_mtu)},
      {"behaviour", BehaviourJson(basics.behaviour)},
      {"as", as && !as->read ? Json(as->number) : Json()},
      {"birds", {{"ipv4", BirdJson(report.birds[Family::kIpv4])}, {"ipv6", BirdJson(report.birds[Family::kIpv6])}}},
      {"sessions", SessionsJson(report, unlisted)},
      {"other_nodes", with_other_nodes ? OtherNodesJson(report, unlisted) : Json()},
      {"blocks", BlocksJson(workloads)},
      {"workloads", WorkloadsJson(workloads)},
      {"outcome", Text(ToString(summary.outcome))},
      {"findings", FindingsJson(summary, report, unlisted)}};
  json["unlisted"] = {{"own_addresses", unlisted.own_addresses},
                      {"sessions", unlisted.sessions},
                      {"other_nodes", unlisted.other_nodes},
                      {"findings", unlisted.findings}};
  return Printed(json, -1);
}

}  // namespace caliwatch
