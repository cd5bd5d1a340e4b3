// SPDX-License-Identifier: Apache-2.0
#include "test/bench/mass_scenes.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/str_cat.h>

#include "lib/view/html/status_page.h"
#include "lib/view/json/report_json.h"
#include "lib/view/log/change_log.h"
#include "lib/view/terminal/report_text.h"
#include "test/bench/mass_node.h"
#include "test/support/judged_nodes.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

constexpr int kPeers = 200;

// Until all that it remembers of the node is there.
Cost PollWhileWell(PolledNode& scene, const Meter& meter) {
  scene.WorstOf(3, meter);
  return {.before = scene.Poll(meter)};
}

int AddWorkload(Snapshot& node, int number) {
  const int link = 100 + number;
  const std::string name = absl::StrCat("cali", 100'000 + number), address = Numbered(0xac100000, number).ToString();
  node.links->push_back(WorkloadLink(link, name));
  node.endpoints->push_back(EndpointRow(absl::StrCat("default/", name), name, address));
  node.neighbors->push_back(NeighborEntry(address, link));
  return link;
}

MacAddress MacOf(int number) {
  return {0x66, 0, 10, 40, static_cast<uint8_t>(number >> 8), static_cast<uint8_t>(number)};
}

// One that has come by VXLAN, with `number` in each of its addresses.
void AddTunnelEnd(Snapshot& node, int number) {
  const IpAddress end = Numbered(0xac100000, number * 64);
  node.routes->push_back(VxlanRoute(absl::StrCat(end.ToString(), "/26"), end.ToString()));
  Neighbor neighbor = NeighborEntry(end.ToString(), kVxlanDevice, NUD_PERMANENT);
  neighbor.mac = MacOf(number);
  node.neighbors->push_back(neighbor);
  node.fdb->push_back(
      {*neighbor.mac, kVxlanDevice, NUD_PERMANENT, NTF_SELF, Numbered(0x0a280000, number)});  // 10.40.0.0 and on
}

}  // namespace

Cost Withdrawal(int routes, const Meter& meter) {
  PolledNode scene{NodeWithRoutes(kPeers, routes)};
  Cost cost = PollWhileWell(scene, meter);
  Journal journal;
  journal.routes_complete = true;
  std::vector<Route> left;
  for (const Route& route : *scene.node.routes) {
    if (route.gateway && !route.destination.IsDefault() && route.destination.address.bytes[2] % 2 == 0)
      journal.routes.push_back({scene.node.boot_time, route.destination, false});
    else
      left.push_back(route);
  }
  scene.node.routes = std::move(left);
  const int kept = routes - static_cast<int>(journal.routes.size());
  for (BgpPeer& peer : *scene.node.birds[Family::kIpv4].peers)
    peer.routes = RouteCounts{static_cast<uint32_t>(kept / kPeers), 0, 1, static_cast<uint32_t>(kept / kPeers)};
  SetExported(scene.node, kept);
  const std::vector<BirdRoute> table = TableOf(scene.node);
  cost.worst = std::max(scene.Poll(meter, &table, journal), scene.WorstOf(4, meter, &table));
  return cost;
}

Cost Restart(int routes, const Meter& meter) {
  PolledNode scene{NodeWithRoutes(kPeers, routes)};
  const std::vector<BirdRoute> table = TableOf(scene.node);
  Cost cost = PollWhileWell(scene, meter);
  const std::vector<Route> all = *scene.node.routes;
  Bird& bird = scene.node.birds[Family::kIpv4];
  const std::vector<BgpPeer> peers = *bird.peers;
  bird.status->uptime = absl::Seconds(1);
  for (BgpPeer& peer : *bird.peers) EndSession(peer);
  DropRemoteRoutes(scene.node);
  cost.worst = scene.WorstOf(4, meter, &table);
  bird.peers = peers;
  for (BgpPeer& peer : *bird.peers) peer.age = absl::Seconds(1);
  cost.worst = std::max(cost.worst, scene.WorstOf(2, meter, &table));
  scene.node.routes = all;
  cost.worst = std::max(cost.worst, scene.WorstOf(4, meter, &table));
  return cost;
}

Cost PeersDown(int peers, const Meter& meter) {
  PolledNode scene{NodeWithRoutes(peers, peers * 2)};
  for (int i = 0; i < peers; ++i)
    scene.node.addresses->push_back({Numbered(0x0a600000, i), 32, RT_SCOPE_UNIVERSE, 0, 3});
  Cost cost = PollWhileWell(scene, meter);
  for (BgpPeer& peer : *scene.node.birds[Family::kIpv4].peers) {
    EndSession(peer);
    scene.node.bgp_sockets->push_back(SessionWith(peer.address->ToString()));
  }
  DropRemoteRoutes(scene.node);
  SetExported(scene.node, 0);
  cost.worst = scene.WorstOf(5, meter);
  return cost;
}

Cost Findings(int routes, const Meter& meter) {
  PolledNode scene{NodeWithRoutes(kPeers, routes)};
  const std::vector<BirdRoute> table = TableOf(scene.node);
  Cost cost = PollWhileWell(scene, meter);
  DropRemoteRoutes(scene.node);
  cost.worst = scene.WorstOf(6, meter, &table);
  size_t bytes = 0;
  cost.worst += meter.Of([&] {
    bytes += ReportJson(scene.report, "").size() + ReportText(scene.report, false).size();
    bytes += StatusPage(scene.report, {.telemetry_path = "/metrics", .now = scene.report.taken_at}).size();
    for (const LogRecord& record : RecordsOf(&scene.before, scene.report)) bytes += record.fields.size();
  });
  if (bytes > 4'000'000) std::printf("  %zu bytes are shown\n", bytes);
  return cost;
}

Cost Routeless(int workloads, const Meter& meter) {
  PolledNode scene{NodeWithRoutes(kPeers, workloads)};
  Cost cost = PollWhileWell(scene, meter);
  for (int i = 0; i < workloads; ++i) AddWorkload(scene.node, i);
  cost.worst = scene.WorstOf(5, meter);
  return cost;
}

Cost Interfaces(int workloads, const Meter& meter) {
  PolledNode scene{HealthyNode()};
  Snapshot& node = scene.node;
  for (int i = 0; i < workloads; ++i) {
    const int link = AddWorkload(node, i);
    node.routes->push_back(WorkloadRoute(Numbered(0xac100000, i).ToString(), link));
    node.netconf->push_back({Family::kIpv4, link, 1, 0, 1});
  }
  Order(*node.routes);
  Cost cost = PollWhileWell(scene, meter);
  for (Link& link : *node.links) link.carrier = link.running = !link.IsWorkload();
  for (NetConf& switches : *node.netconf) switches.forwarding = switches.proxy_neigh = 0;
  for (Neighbor& neighbor : *node.neighbors) neighbor.mac = MacOf(0);
  cost.worst = scene.WorstOf(5, meter);
  return cost;
}

Cost Tunnels(int nodes, const Meter& meter) {
  PolledNode scene{VxlanNode()};
  Snapshot& node = scene.node;
  for (int i = 0; i < nodes; ++i) AddTunnelEnd(node, i);
  Order(*node.routes);
  Cost cost = PollWhileWell(scene, meter);
  int number = 0;
  std::erase_if(*node.fdb, [&](const FdbEntry&) { return ++number % 3 == 0; });
  for (Neighbor& neighbor : *node.neighbors)
    if (++number % 3 == 0) neighbor.state = NUD_FAILED;
  std::erase_if(*node.routes, [&](const Route& route) { return route.link == kVxlanDevice && ++number % 3 == 0; });
  cost.worst = scene.WorstOf(5, meter);
  return cost;
}

}  // namespace caliwatch
