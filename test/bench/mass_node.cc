// SPDX-License-Identifier: Apache-2.0
#include "test/bench/mass_node.h"

#include <algorithm>
#include <utility>

namespace caliwatch {
namespace {

IpAddress PeerAddress(int number) { return Numbered(0x0a270200, number); }  // 10.39.2.0 and on

bool IsRemote(const Route& route) { return route.gateway && !route.destination.IsDefault(); }

}  // namespace

IpAddress Numbered(uint32_t base, int number) {
  const uint32_t address = base + static_cast<uint32_t>(number);
  const uint8_t bytes[4] = {static_cast<uint8_t>(address >> 24), static_cast<uint8_t>(address >> 16),
                            static_cast<uint8_t>(address >> 8), static_cast<uint8_t>(address)};
  return IpAddress::FromBytes(Family::kIpv4, bytes);
}

Snapshot NodeWithRoutes(int peers, int routes) {
  Snapshot node = HealthyNode();
  const auto each = static_cast<uint32_t>(routes / peers);
  node.birds[Family::kIpv4].peers->clear();
  for (int i = 0; i < peers; ++i) {
    BgpPeer& peer = node.birds[Family::kIpv4].peers->emplace_back(MeshPeer(PeerAddress(i).ToString()));
    peer.routes = RouteCounts{each, 0, 1, each};
  }
  DropRemoteRoutes(node);
  const Route like = BlockRoute("192.168.219.0/26", "10.39.1.219");
  for (int i = 0; i < routes; ++i) {
    Route& route = node.routes->emplace_back(like);
    route.destination = {Numbered(0x0b000000, i * 64), 26};
    route.gateway = PeerAddress(i % peers);
  }
  Order(*node.routes);
  SetExported(node, routes);
  return node;
}

void DropRemoteRoutes(Snapshot& node) { std::erase_if(*node.routes, IsRemote); }

void Order(std::vector<Route>& routes) {
  std::sort(routes.begin(), routes.end(), [](const Route& a, const Route& b) { return a.CompareKey(b) < 0; });
}

void SetExported(Snapshot& node, int routes) {
  node.birds[Family::kIpv4].protocols->front().routes = RouteCounts{.exported = static_cast<uint32_t>(routes + 1)};
}

std::vector<BirdRoute> TableOf(const Snapshot& node) {
  std::vector<BirdRoute> table;
  for (const Route& route : *node.routes) {
    if (!IsRemote(route)) continue;
    BirdRoute& row = table.emplace_back();
    row.destination = route.destination;
    row.protocol = MeshPeer(route.gateway->ToString()).name;
    row.next_hops = {{*route.gateway, "eth0"}};
    row.best = true;
  }
  return table;
}

double PolledNode::Poll(const Meter& meter, const std::vector<BirdRoute>* table, const Journal& journal) {
  LetPass(absl::Seconds(5), node);
  Snapshot seen = node;
  if (table != nullptr && observer.ask_bird_routes()[Family::kIpv4]) seen.birds[Family::kIpv4].routes = *table;
  const SnapshotPtr given = Seen(std::move(seen));
  before = std::move(report);
  return meter.Of([&] { report = observer.Observe(given, journal); });
}

double PolledNode::WorstOf(int polls, const Meter& meter, const std::vector<BirdRoute>* table) {
  double worst = 0;
  for (int i = 0; i < polls; ++i) worst = std::max(worst, Poll(meter, table));
  return worst;
}

}  // namespace caliwatch
