// SPDX-License-Identifier: Apache-2.0
#include "lib/view/node_words.h"

#include <string>
#include <vector>

#include <absl/strings/str_cat.h>

#include "test/support/catch.h"
#include "test/support/judged_nodes.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

using Cells = std::vector<std::string>;

std::vector<Cells> CellsOf(const Report& report) {
  std::vector<Cells> rows;
  for (const RemoteNode* node : NodesByImportance(report, Family::kIpv4)) rows.push_back(NodeCells(*node));
  return rows;
}

std::string TitleOf(const Report& report) {
  return NodesTitle(report, NodesByImportance(report, Family::kIpv4), Family::kIpv4);
}

Report ReportWith(const std::vector<RemoteNode>& nodes) {
  Report report;
  report.remote_nodes = RemoteNodes{nodes};
  return report;
}

RemoteNode Node(NodeWay way, const char* address = "10.39.1.36") {
  RemoteNode node;
  node.address = *IpAddress::Parse(address);
  node.way = way;
  node.interface = "eth0";
  return node;
}

TEST_CASE("a node behind VXLAN is told with its tunnel address, its block, and who made the route") {
  const Report report = ReportOf(VxlanNode());
  CHECK(CellsOf(report) ==
        std::vector<Cells>{{"10.39.1.36", "complete", "VXLAN to 192.168.36.0", "Felix", "192.168.36.0/26"},
                           {"10.39.1.219", "complete", "VXLAN to 192.168.219.0", "Felix", "192.168.219.0/26"}});
  CHECK(TitleOf(report) == "Other nodes, IPv4: 2 by VXLAN; all complete");
}

TEST_CASE("a node that lacks something comes first, with what that is") {
  Snapshot node = VxlanNode();
  node.fdb->pop_back();
  const Report report = ReportOf(node);
  CHECK(CellsOf(report).front() ==
        Cells{"?", "no node for its tunnel's MAC", "VXLAN to 192.168.219.0", "Felix", "192.168.219.0/26"});
  CHECK(TitleOf(report) == "Other nodes, IPv4: 2 by VXLAN; 1 incomplete");
}

TEST_CASE("every way has its words, and every lack") {
  RemoteNode both = Node(NodeWay::kIpip);
  both.interface = "tunl0";
  both.by_bird = both.by_felix = true;
  both.blocks = 3;
  both.hosts = 1;
  both.first_blocks = {*Prefix::Parse("10.48.98.0/26"), *Prefix::Parse("10.48.98.64/26")};
  both.lacks = {NodeLack::kDevice, NodeLack::kUnderlay, NodeLack::kSession};
  CHECK(NodeCells(both) == Cells{"10.39.1.36", "the tunnel is down, no route to its address, no BGP session",
                                 "IPIP, tunl0", "BIRD, Felix", "10.48.98.0/26 and 2 more, 1 address"});
  RemoteNode moved = Node(NodeWay::kDirect);
  moved.by_bird = true;
  moved.hosts = 2;
  CHECK(NodeCells(moved) == Cells{"10.39.1.36", "complete", "direct, eth0", "BIRD", "2 addresses"});
  CHECK(NodeCells(Node(NodeWay::kWireguard))[2] == "WireGuard");
  CHECK(NodeCells(Node(NodeWay::kNone)) == Cells{"10.39.1.36", "announces nothing", "no route", "-", "-"});
  RemoteNode unknown = Node(NodeWay::kVxlan);
  unknown.lacks = {NodeLack::kNeighbor};
  CHECK(NodeCells(unknown)[1] == "no MAC of its tunnel address");
}

TEST_CASE("the title counts nodes by way, of one family alone") {
  RemoteNode other = Node(NodeWay::kIpip, "fd39::36");
  other.family = Family::kIpv6;
  const Report report = ReportWith({Node(NodeWay::kDirect), Node(NodeWay::kDirect), Node(NodeWay::kIpip),
                                    Node(NodeWay::kWireguard), Node(NodeWay::kNone), other});
  CHECK(TitleOf(report) ==
        "Other nodes, IPv4: 2 direct, 1 by IPIP, 1 by WireGuard, 1 that no route leads to; all complete");
  RemoteNode down = Node(NodeWay::kDirect);
  down.lacks = {NodeLack::kSession};
  CHECK(TitleOf(ReportWith({down})) == "Other nodes, IPv4: 1 direct; incomplete");
  CHECK(TitleOf(ReportWith({down, down})) == "Other nodes, IPv4: 2 direct; all incomplete");
}

TEST_CASE("of nodes that are left out it is told how many, and how many of these are incomplete") {
  RemoteNode down = Node(NodeWay::kDirect);
  down.lacks = {NodeLack::kSession};
  const Report report = ReportWith({Node(NodeWay::kDirect), down, Node(NodeWay::kDirect), down});
  const std::vector<const RemoteNode*> nodes = NodesByImportance(report, Family::kIpv4);
  CHECK(NodesLeftOutText(nodes, 4).empty());
  CHECK(NodesLeftOutText(nodes, 3) == "and 1 more, complete");
  CHECK(NodesLeftOutText(nodes, 2) == "and 2 more, all complete");
  CHECK(NodesLeftOutText(nodes, 1) == "and 3 more, 1 incomplete");
}

TEST_CASE("no nodes are listed where they are unknown") {
  Report report;
  report.remote_nodes = absl::UnavailableError("netlink is gone");
  CHECK(NodesByImportance(report, Family::kIpv4).empty());
}

}  // namespace
}  // namespace caliwatch
