// SPDX-License-Identifier: Apache-2.0
#include "test/support/vxlan_node.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include <linux/netconf.h>

namespace caliwatch {
namespace {

constexpr uint8_t kFelix = 80;

Link Vxlan() {
  Link link = WorkloadLink(kVxlanDevice, "vxlan.calico");
  link.kind = "vxlan";
  link.vxlan = VxlanSettings{.id = 4096, .local = *IpAddress::Parse("10.39.1.231"), .parent = kVxlanEth0, .port = 4789};
  link.mtu = 1450;
  link.peer_netns_id.reset();
  return link;
}

Route UplinkRoute(absl::string_view destination, uint8_t protocol) {
  Route route;
  route.destination = *Prefix::Parse(destination);
  route.link = kVxlanEth0;
  route.protocol = protocol;
  if (route.destination.IsDefault()) route.gateway = *IpAddress::Parse("10.39.1.1");
  return route;
}

// What Felix does when another node joins.
void AddRemote(Snapshot& node, uint8_t octet) {
  const std::string network = "192.168." + std::to_string(octet) + ".0";
  AddRoute(node, VxlanRoute(network + "/26", network));
  Neighbor neighbor = NeighborEntry(network, kVxlanDevice, NUD_PERMANENT);
  neighbor.mac = MacAddress{0x66, 0, 10, 39, 4, octet};
  node.neighbors->push_back(neighbor);
  const IpAddress host = *IpAddress::Parse("10.39.1." + std::to_string(octet));
  node.fdb->push_back({*neighbor.mac, kVxlanDevice, NUD_PERMANENT, NTF_SELF, host});
}

template <class Row, class Wanted>
Row& Find(std::vector<Row>& rows, Wanted wanted) {
  const auto row = std::find_if(rows.begin(), rows.end(), wanted);
  if (row == rows.end()) throw std::runtime_error("the node has no such row");
  return *row;
}

}  // namespace

Route VxlanRoute(absl::string_view block, absl::string_view gateway) {
  Route route = BlockRoute(block, gateway);
  route.protocol = RTPROT_BOOT;  // as Felix writes it there
  route.link = kVxlanDevice;
  route.flags = RTNH_F_ONLINK;
  return route;
}

void AddRoute(Snapshot& node, const Route& route) {
  const auto place = std::upper_bound(node.routes->begin(), node.routes->end(), route,
                                      [](const Route& a, const Route& b) { return a.CompareKey(b) < 0; });
  node.routes->insert(place, route);
}

Link& LinkNamed(Snapshot& node, absl::string_view name) {
  return Find(*node.links, [&](const Link& link) { return link.name == name; });
}

NetConf& NetConfOf(Snapshot& node, Family family, int link) {
  return Find(*node.netconf, [&](const NetConf& row) { return row.family == family && row.link == link; });
}

Neighbor& NeighborOf(Snapshot& node, absl::string_view address) {
  return Find(*node.neighbors, [&](const Neighbor& row) { return row.address == *IpAddress::Parse(address); });
}

void SwitchToEbpf(Snapshot& node) {
  for (absl::string_view name : {"bpfin.cali", "bpfout.cali"})
    node.links->push_back(WorkloadLink(static_cast<int>(20 + node.links->size()), std::string(name)));
}

Snapshot VxlanNode() {
  Snapshot node = HealthyNode();
  const absl::Status no_socket = absl::NotFoundError("/var/run/calico/bird.ctl does not exist");
  for (Bird& bird : node.birds) bird = {no_socket, no_socket, no_socket};

  node.calico_mtu = CalicoMtu{1450};
  for (Link& link : *node.links) link.mtu = link.IsWorkload() ? 1450 : 1500;
  node.links->push_back(Vxlan());
  node.addresses->push_back({*IpAddress::Parse("192.168.231.0"), 32, RT_SCOPE_UNIVERSE, 0, kVxlanDevice});

  std::erase_if(*node.routes, [](const Route& route) { return route.gateway.has_value(); });
  for (Route& route : *node.routes)
    if (route.type == RTN_BLACKHOLE) route.protocol = kFelix;
  AddRoute(node, UplinkRoute("0.0.0.0/0", RTPROT_STATIC));
  AddRoute(node, UplinkRoute("10.39.1.0/24", RTPROT_KERNEL));
  for (uint8_t octet : {uint8_t{36}, uint8_t{219}}) AddRemote(node, octet);

  node.netconf = std::vector<NetConf>{};
  for (const Family family : kFamilies)
    for (int link : {NETCONFA_IFINDEX_ALL, NETCONFA_IFINDEX_DEFAULT, kVxlanEth0, 5, 6, kVxlanDevice})
      node.netconf->push_back({family, link, 1, 0, link == 5 || link == 6 ? 1 : 0});
  return node;
}

}  // namespace caliwatch
