// SPDX-License-Identifier: Apache-2.0
#include "lib/cluster/outliers.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

namespace caliwatch {
namespace {

using Traits = std::map<std::string, std::string>;

void AddNumber(const std::string& trait, const std::optional<uint32_t>& number, Traits& traits) {
  if (number) traits[trait] = absl::StrCat(*number);
}

void AddText(const std::string& trait, const std::string& text, Traits& traits) {
  if (!text.empty()) traits[trait] = text;
}

// What is no name of the field's own, in words.
std::string ReversePathText(uint32_t rp_filter) {
  constexpr absl::string_view kWords[] = {"off", "strict", "loose"};
  return rp_filter < std::size(kWords) ? std::string(kWords[rp_filter]) : absl::StrCat(rp_filter);
}

void AddBehaviour(const ToldBehaviour& behaviour, Traits& traits) {
  if (behaviour.endpoint_files) traits["endpoint-status files"] = *behaviour.endpoint_files;
  AddNumber("metric of routes to pods", behaviour.pod_route_metric, traits);
  if (behaviour.block_routes_by) traits["makes routes to other nodes' blocks"] = *behaviour.block_routes_by;
  if (behaviour.rp_filter) traits["rp_filter"] = ReversePathText(*behaviour.rp_filter);
  for (const Family family : kFamilies)
    AddNumber(absl::StrCat("limit of the neighbor table, ", ToString(family)), behaviour.neighbor_limit[family],
              traits);
}

// Pools may have blocks of different sizes; which pool a block is of, no node can tell.
void AddBlockSizes(const NodeDocument& node, Family family, Traits& traits) {
  std::set<int> lengths;
  for (const Prefix& block : node.blocks.value_or(std::vector<Prefix>()))
    if (block.address.family == family) lengths.insert(block.length);
  if (!lengths.empty())
    traits[absl::StrCat("size of blocks, ", ToString(family))] = absl::StrCat("/", absl::StrJoin(lengths, " /"));
}

void AddTunnels(const NodeDocument& node, Traits& traits) {
  if (!node.tunnels) return;
  std::set<std::string> ways;
  for (const ToldTunnel& tunnel : *node.tunnels) {
    ways.insert(tunnel.way);
    AddNumber(absl::StrCat("MTU of ", tunnel.interface), tunnel.mtu, traits);
  }
  traits["encapsulation"] = ways.empty() ? "none" : absl::StrJoin(ways, "+");
}

// Of the interface that has the node's address.
void AddNodeMtu(const NodeDocument& node, Family family, Traits& traits) {
  if (!node.address[family] || !node.own_addresses) return;
  for (const ToldAddress& own : *node.own_addresses)
    if (own.address == *node.address[family] && own.mtu) traits["MTU of the node's interface"] = absl::StrCat(*own.mtu);
}

Traits TraitsOf(const NodeDocument& node) {
  Traits traits;
  AddText("caliwatch", node.version, traits);
  AddText("kernel", node.kernel, traits);
  AddNumber("AS number", node.as, traits);
  AddNumber("MTU of pods", node.workload_mtu, traits);
  AddBehaviour(node.behaviour, traits);
  AddTunnels(node, traits);
  for (const Family family : {Family::kIpv6, Family::kIpv4}) {  // the later counts, where both have one
    AddNodeMtu(node, family, traits);
    AddBlockSizes(node, family, traits);
    const auto& bird = node.birds[family];
    traits[absl::StrCat("BIRD for ", ToString(family))] = !bird ? "none" : bird->version;
    if (bird && bird->version.empty()) traits.erase(absl::StrCat("BIRD for ", ToString(family)));
  }
  return traits;
}

}  // namespace

std::vector<Difference> DifferencesOf(const ClusterEvidence& evidence) {
  std::map<std::string, std::map<std::string, std::vector<std::string>>> told;
  for (const Member& member : evidence.members())
    for (const auto& [trait, value] : TraitsOf(*member.told)) told[trait][value].push_back(member.name);
  std::vector<Difference> differences;
  for (const auto& [trait, values] : told) {
    if (values.size() < 2) continue;
    Difference difference{trait, {}};
    for (const auto& [value, nodes] : values) difference.values.push_back({value, nodes});
    std::stable_sort(difference.values.begin(), difference.values.end(),
                     [](const ToldValue& a, const ToldValue& b) { return a.nodes.size() > b.nodes.size(); });
    differences.push_back(std::move(difference));
  }
  return differences;
}

}  // namespace caliwatch
