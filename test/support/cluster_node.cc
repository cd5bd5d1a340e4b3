// SPDX-License-Identifier: Apache-2.0
#include "test/support/cluster_node.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <absl/strings/str_cat.h>

#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

constexpr int kEth0 = 2;

IpAddress Numbered(std::array<uint8_t, 16> bytes, Family family, int number) {
  const size_t end = family == Family::kIpv4 ? 4 : 16;
  bytes[end - 2] = static_cast<uint8_t>(bytes[end - 2] + number / 256);
  bytes[end - 1] = static_cast<uint8_t>(number % 256);
  return IpAddress::FromBytes(family, bytes.data());
}

Prefix BlockOf(Family family, int number) {
  if (family == Family::kIpv4)
    return *Prefix::Parse(absl::StrCat("172.", 16 + number / 1024, ".", number / 4 % 256, ".", number % 4 * 64, "/26"));
  return *Prefix::Parse(absl::StrCat("fd65::", absl::Hex(number), ":0/122"));
}

IpAddress OwnAddress(Family family) {
  return family == Family::kIpv4 ? *IpAddress::Parse("10.39.1.231") : NodeAddress(family, 0);
}

std::vector<Family> FamiliesOf(const Snapshot& node) {
  std::vector<Family> families;
  for (const Family family : kFamilies)
    if (node.birds[family].peers.ok()) families.push_back(family);
  return families;
}

void AddIpv6(Snapshot& node) {
  Bird& bird = node.birds[Family::kIpv6] = node.birds[Family::kIpv4];
  bird.peers->clear();
  std::erase_if(node.sources, [](const SourceReading& reading) { return reading.name == "bird6"; });
  node.sources.push_back({"bird6", absl::OkStatus(), absl::Milliseconds(1)});
  node.addresses->push_back({OwnAddress(Family::kIpv6), 64, RT_SCOPE_UNIVERSE, 0, kEth0});
}

void AddBlock(Snapshot& node, Family family, int number) {
  const IpAddress gateway = NodeAddress(family, number);
  Route route = BlockRoute("192.168.219.0/26", gateway.ToString());
  route.destination = BlockOf(family, number);
  node.routes->push_back(route);
  node.neighbors->push_back(NeighborEntry(gateway.ToString(), kEth0));
  ++node.birds[family].protocols->front().routes->exported;
}

void Sort(std::vector<Route>& routes) {
  std::sort(routes.begin(), routes.end(), [](const Route& a, const Route& b) { return a.CompareKey(b) < 0; });
}

// As BIRD and the kernel show a node that went away when the hold time was over.
void TakeDown(Snapshot& node, BgpPeer& peer, absl::Duration ago) {
  peer.state = ProtocolState::kStart;
  peer.bgp_state = BgpState::kConnect;
  peer.bgp_state_text = "Connect";
  peer.age = ago;
  peer.last_error = {PeerErrorClass::kBgp, "Hold timer expired"};
  peer.routes.reset();
  peer.hold_timer.reset();
  for (BgpSocket& socket : *node.bgp_sockets)
    if (socket.remote == *peer.address) {
      socket.state = TcpState::kSynSent;
      socket.retransmits = 3;
    }
  std::erase_if(*node.routes, [&](const Route& route) { return route.gateway == peer.address; });
  for (Neighbor& neighbor : *node.neighbors)
    if (neighbor.address == *peer.address) neighbor.state = NUD_FAILED;
  --node.birds[peer.address->family].protocols->front().routes->exported;
}

}  // namespace

IpAddress NodeAddress(Family family, int number) {
  if (family == Family::kIpv4) return Numbered({10, 39, 2, 0}, family, number);
  return Numbered({0xfd, 0x39, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0}, family, number);
}

Snapshot ClusterNode(int others, bool dual_stack) {
  Snapshot node = HealthyNode();
  node.birds[Family::kIpv4].peers->clear();
  std::erase_if(*node.routes, [](const Route& route) { return route.gateway && !route.destination.IsDefault(); });
  node.birds[Family::kIpv4].protocols->front().routes = RouteCounts{.exported = 1};
  node.bgp_sockets = std::vector<BgpSocket>{Listener()};
  if (dual_stack) AddIpv6(node);
  for (const Family family : FamiliesOf(node))
    for (int other = 1; other <= others; ++other) AddBlock(node, family, other);
  Sort(*node.routes);
  node.link_stats = std::vector<LinkStats>{{.link = kEth0, .received_packets = 1000, .sent_packets = 1000}};
  for (const char* component : {"AsyncCalcGraph", "EndpointStatusFileReporter", "FelixStartup", "SyncClient"})
    node.felix->components.push_back({.name = component, .live = true, .ready = true});
  node.cni_kubeconfig = CniKubeconfig{node.taken_at - absl::Hours(1)};
  node.sources.push_back({"cni_kubeconfig", absl::OkStatus(), absl::Milliseconds(1)});
  return node;
}

void AddPeers(Snapshot& node, int peers, PeerKind kind) {
  for (const Family family : FamiliesOf(node))
    for (int number = 1; number <= peers; ++number) {
      const IpAddress address = NodeAddress(family, number);
      BgpPeer& peer = node.birds[family].peers->emplace_back(MeshPeer(address.ToString()));
      peer.kind = kind;
      peer.source_address = OwnAddress(family);
      BgpSocket& socket = node.bgp_sockets->emplace_back(SessionWith(address.ToString()));
      socket.cookie = node.bgp_sockets->size();
      socket.local = OwnAddress(family);
    }
}

Snapshot MeshNode(int nodes, int down, bool dual_stack) {
  Snapshot node = ClusterNode(nodes - 1, dual_stack);
  AddPeers(node, nodes - 1, PeerKind::kMesh);
  for (const Family family : FamiliesOf(node))
    for (int i = 0; i < down; ++i) TakeDown(node, (*node.birds[family].peers)[nodes - 2 - i], absl::Seconds(60 + i));
  return node;
}

Snapshot ReflectedNode(int nodes, int reflectors, bool dual_stack) {
  Snapshot node = ClusterNode(nodes - 1, dual_stack);
  AddPeers(node, reflectors, PeerKind::kGlobal);
  for (const Family family : FamiliesOf(node))
    for (BgpPeer& peer : *node.birds[family].peers) {
      const bool first = &peer == &node.birds[family].peers->front();
      const auto all = static_cast<uint32_t>(nodes - 1);
      peer.routes = RouteCounts{all, 0, 1, first ? all : 0};
    }
  return node;
}

Snapshot ReflectorNode(int nodes, bool dual_stack) {
  Snapshot node = ClusterNode(nodes - 1, dual_stack);
  AddPeers(node, nodes - 1, PeerKind::kNode);
  return node;
}

}  // namespace caliwatch
