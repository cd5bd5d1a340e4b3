// SPDX-License-Identifier: Apache-2.0
#include "lib/view/node_words.h"

#include <algorithm>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/view/words.h"

namespace caliwatch {
namespace {

absl::string_view WayText(NodeWay way) {
  switch (way) {
    case NodeWay::kDirect:
      return "direct";
    case NodeWay::kIpip:
      return "IPIP";
    case NodeWay::kVxlan:
      return "VXLAN";
    case NodeWay::kWireguard:
      return "WireGuard";
    case NodeWay::kNone:
      break;
  }
  return "no route";
}

std::string CountText(NodeWay way, size_t count) {
  if (way == NodeWay::kNone) return absl::StrCat(count, " that no route leads to");
  return absl::StrCat(count, way == NodeWay::kDirect ? " " : " by ", WayText(way));
}

std::string WayCell(const RemoteNode& node) {
  if (node.way == NodeWay::kVxlan && node.tunnel_address)
    return absl::StrCat(WayText(node.way), " to ", node.tunnel_address->ToString());
  const bool tells_more = node.way == NodeWay::kDirect || node.way == NodeWay::kIpip;
  return absl::StrCat(WayText(node.way), tells_more ? absl::StrCat(", ", node.interface) : "");
}

absl::string_view OwnerCell(const RemoteNode& node) {
  if (node.by_bird && node.by_felix) return "BIRD, Felix";
  return node.by_bird ? "BIRD" : node.by_felix ? "Felix" : "-";
}

// "10.48.98.0/26 and 2 more, 1 address".
std::string BlocksCell(const RemoteNode& node) {
  std::vector<std::string> parts;
  if (node.blocks != 0)
    parts.push_back(absl::StrCat(node.first_blocks.empty() ? "?" : node.first_blocks.front().ToString(),
                                 node.blocks == 1 ? "" : absl::StrCat(" and ", node.blocks - 1, " more")));
  if (node.hosts != 0) parts.push_back(absl::StrCat(node.hosts, node.hosts == 1 ? " address" : " addresses"));
  return parts.empty() ? "-" : absl::StrJoin(parts, ", ");
}

absl::string_view LackText(NodeLack lack) {
  switch (lack) {
    case NodeLack::kDevice:
      return "the tunnel is down";
    case NodeLack::kNeighbor:
      return "no MAC of its tunnel address";
    case NodeLack::kFdb:
      return "no node for its tunnel's MAC";
    case NodeLack::kUnderlay:
      return "no route to its address";
    case NodeLack::kSession:
      break;
  }
  return "no BGP session";
}

std::string StateCell(const RemoteNode& node) {
  if (!node.IsComplete())
    return absl::StrJoin(node.lacks, ", ",
                         [](std::string* text, NodeLack lack) { absl::StrAppend(text, LackText(lack)); });
  return node.way == NodeWay::kNone ? "announces nothing" : "complete";
}

std::string CompletenessText(size_t all, size_t incomplete) {
  if (incomplete == 0) return all == 1 ? "complete" : "all complete";
  return incomplete == all ? all == 1 ? "incomplete" : "all incomplete" : absl::StrCat(incomplete, " incomplete");
}

std::string CompletenessFrom(const std::vector<const RemoteNode*>& nodes, size_t first) {
  const auto incomplete = std::count_if(nodes.begin() + static_cast<std::ptrdiff_t>(first), nodes.end(),
                                        [](const RemoteNode* node) { return !node->IsComplete(); });
  return CompletenessText(nodes.size() - first, static_cast<size_t>(incomplete));
}

}  // namespace

std::vector<const RemoteNode*> NodesByImportance(const Report& report, Family family) {
  std::vector<const RemoteNode*> nodes;
  if (!report.remote_nodes.ok()) return nodes;
  for (const RemoteNode& node : report.remote_nodes->rows)
    if (node.family == family) nodes.push_back(&node);
  std::stable_partition(nodes.begin(), nodes.end(), [](const RemoteNode* node) { return !node->IsComplete(); });
  return nodes;
}

std::string NodesTitle(const Report& report, const std::vector<const RemoteNode*>& nodes, Family family) {
  std::vector<std::string> counts;
  for (const NodeWay way : kNodeWays)
    if (const auto count =
            std::count_if(nodes.begin(), nodes.end(), [way](const RemoteNode* node) { return node->way == way; }))
      counts.push_back(CountText(way, static_cast<size_t>(count)));
  const BirdReport& bird = report.birds[family];
  return absl::StrCat("Other nodes, ", TitleOf(family), ": ", absl::StrJoin(counts, ", "), "; ",
                      CompletenessFrom(nodes, 0),
                      bird.expected && !bird.is_current() ? ", but for sessions, which are unknown now" : "");
}

std::vector<std::string> NodeCells(const RemoteNode& node) {
  return {node.address ? node.address->ToString() : "?", StateCell(node), WayCell(node), std::string(OwnerCell(node)),
          BlocksCell(node)};
}

std::string NodesLeftOutText(const std::vector<const RemoteNode*>& nodes, size_t shown) {
  if (nodes.size() <= shown) return "";
  return absl::StrCat("and ", nodes.size() - shown, " more, ", CompletenessFrom(nodes, shown));
}

}  // namespace caliwatch
