// SPDX-License-Identifier: Apache-2.0
#include "test/support/healthy_node.h"

#include <algorithm>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>

namespace caliwatch {
namespace {

constexpr int kEth0 = 2;

}  // namespace

Link WorkloadLink(int index, std::string name) {
  Link link;
  link.index = index;
  link.role = RoleOf(name);
  link.name = std::move(name);
  link.kind = "veth";
  link.up = link.carrier = link.running = true;
  link.mtu = 1440;
  link.mac = MacAddress{0xee, 0xee, 0xee, 0xee, 0xee, 0xee};
  link.peer_netns_id = index;
  return link;
}

Route WorkloadRoute(absl::string_view address, int link) {
  Route route;
  route.destination = *Prefix::Parse(address);
  route.link = link;
  route.protocol = RTPROT_BOOT;
  route.scope = RT_SCOPE_LINK;
  return route;
}

Route BlockRoute(absl::string_view block, absl::string_view gateway) {
  Route route;
  route.destination = *Prefix::Parse(block);
  route.link = kEth0;
  route.protocol = RTPROT_BIRD;
  route.gateway = *IpAddress::Parse(gateway);
  return route;
}

Neighbor NeighborEntry(absl::string_view address, int link, uint16_t state) {
  Neighbor neighbor;
  neighbor.address = *IpAddress::Parse(address);
  neighbor.link = link;
  neighbor.mac = MacAddress{2, 0, 0, 0, 0, static_cast<uint8_t>(link)};
  neighbor.state = state;
  return neighbor;
}

Endpoint EndpointRow(std::string workload, std::string interface, absl::string_view address) {
  Endpoint endpoint;
  endpoint.orchestrator = "k8s";
  endpoint.workload = std::move(workload);
  endpoint.name = "eth0";
  endpoint.interface = std::move(interface);
  endpoint.prefixes = {*Prefix::Parse(address)};
  return endpoint;
}

BgpPeer MeshPeer(absl::string_view address) {
  BgpPeer peer;
  peer.name = absl::StrCat("Mesh_", absl::StrReplaceAll(address, {{".", "_"}, {":", "_"}}));
  peer.type = "BGP";
  peer.state = ProtocolState::kUp;
  peer.age = absl::Hours(3);
  peer.routes = RouteCounts{1, 0, 1, 1};
  peer.kind = PeerKind::kMesh;
  peer.address = *IpAddress::Parse(address);
  peer.bgp_state = BgpState::kEstablished;
  peer.bgp_state_text = "Established";
  peer.remote_as = 64512;
  peer.hold_timer = Timer{absl::Seconds(200), absl::Seconds(240)};
  return peer;
}

BgpSocket SessionWith(absl::string_view peer) {
  BgpSocket socket;
  socket.local = *IpAddress::Parse("10.39.1.231");
  socket.remote = *IpAddress::Parse(peer);
  socket.local_port = 40001;
  socket.remote_port = kBgpPort;
  socket.cookie = 7;
  socket.segments_received = 100;
  socket.rtt = absl::Milliseconds(1);
  socket.last_received = absl::Seconds(40);
  return socket;
}

BgpSocket Listener() {
  BgpSocket socket;
  socket.state = TcpState::kListen;
  socket.local_port = kBgpPort;
  socket.send_queue = 8;
  return socket;
}

void LetPass(absl::Duration time, Snapshot& node) {
  node.taken_at += time;
  node.boot_time += time;
  for (Bird& bird : node.birds) {
    if (bird.status.ok() && bird.status->uptime) *bird.status->uptime += time;
    if (bird.status.ok() && bird.status->since_reconfiguration) *bird.status->since_reconfiguration += time;
    if (!bird.peers.ok()) continue;
    for (BgpPeer& peer : *bird.peers)
      if (peer.age) *peer.age += time;
  }
}

Snapshot HealthyNode() {
  Snapshot node;
  node.taken_at = absl::FromUnixSeconds(1'800'000'000);

  Link eth0 = WorkloadLink(kEth0, "eth0");
  eth0.kind = "";
  eth0.peer_netns_id.reset();
  node.links = std::vector<Link>{eth0, WorkloadLink(5, "cali12ab34cd56e"), WorkloadLink(6, "calif0f0f0f0f0f")};
  node.addresses = std::vector<Address>{{*IpAddress::Parse("10.39.1.231"), 24, RT_SCOPE_UNIVERSE, 0, kEth0}};

  Route own_block = BlockRoute("192.168.231.0/26", "10.39.1.231");
  own_block.type = RTN_BLACKHOLE;
  own_block.link = 0;
  own_block.gateway.reset();
  Route uplink = BlockRoute("0.0.0.0/0", "10.39.1.1");
  uplink.protocol = RTPROT_STATIC;
  std::vector<Route> routes = {WorkloadRoute("192.168.231.1", 5),
                               WorkloadRoute("192.168.231.2", 6),
                               BlockRoute("192.168.219.0/26", "10.39.1.219"),
                               BlockRoute("192.168.36.0/26", "10.39.1.36"),
                               own_block,
                               uplink};
  std::sort(routes.begin(), routes.end(), [](const Route& a, const Route& b) { return a.CompareKey(b) < 0; });
  node.routes = std::move(routes);
  node.neighbors = std::vector<Neighbor>{NeighborEntry("192.168.231.1", 5), NeighborEntry("192.168.231.2", 6),
                                         NeighborEntry("10.39.1.219", kEth0), NeighborEntry("10.39.1.36", kEth0)};
  node.fdb = std::vector<FdbEntry>{};
  node.netconf = std::vector<NetConf>{{Family::kIpv4, 5, 1, 0, 1}, {Family::kIpv4, 6, 1, 0, 1}};
  node.neighbor_limits = std::vector<NeighborLimits>{{Family::kIpv4, 4, 512, 1024}, {Family::kIpv6, 0, 512, 1024}};

  node.rules = std::vector<Rule>{};
  node.link_stats = std::vector<LinkStats>{};
  node.bgp_sockets = std::vector<BgpSocket>{Listener(), SessionWith("10.39.1.219"), SessionWith("10.39.1.36")};
  node.pods = absl::NotFoundError("pods are not looked into");

  BirdStatus status;
  status.version = "v0.3.3+birdv1.6.8";
  status.router_id = "10.39.1.231";
  status.uptime = absl::Hours(4);
  BirdProtocol kernel;
  kernel.name = "kernel1";
  kernel.type = "Kernel";
  kernel.state = ProtocolState::kUp;
  kernel.routes = RouteCounts{.exported = 3};  // both blocks of others, and the blackhole for its own
  node.birds[Family::kIpv4] = {status, std::vector<BirdProtocol>{kernel},
                               std::vector<BgpPeer>{MeshPeer("10.39.1.219"), MeshPeer("10.39.1.36")}};
  const absl::Status no_socket = absl::NotFoundError("/var/run/calico/bird6.ctl does not exist");
  node.birds[Family::kIpv6] = {no_socket, no_socket, no_socket};

  node.node_name = "node-231";
  node.calico_mtu = CalicoMtu{1440};
  node.cni_kubeconfig = absl::NotFoundError("it is not looked at");
  node.endpoints = std::vector<Endpoint>{EndpointRow("default/pod-1", "cali12ab34cd56e", "192.168.231.1"),
                                         EndpointRow("default/pod-2", "calif0f0f0f0f0f", "192.168.231.2")};
  node.felix = FelixHealth{.live = true,
                           .ready = true,
                           .components = {{.name = "CalculationGraph", .live = true, .ready = true},
                                          {.name = "InternalDataplaneMainLoop", .live = true, .ready = true}}};
  for (absl::string_view name :
       {"links", "addresses", "routes", "neighbors", "fdb", "netconf", "neighbor_limits", "rules", "link_stats",
        "bgp_sockets", "bird", "nodename", "mtu", "felix", "endpoint_status"})
    node.sources.push_back({name, absl::OkStatus(), absl::Milliseconds(1)});
  node.sources.push_back({"pods", node.pods.status(), absl::ZeroDuration()});
  node.sources.push_back({"bird6", no_socket, absl::Microseconds(20)});
  return node;
}

}  // namespace caliwatch
