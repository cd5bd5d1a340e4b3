// SPDX-License-Identifier: Apache-2.0
// What each check asks of a row is asked of rows as real Calico leaves them: on a recorded node that is well it finds
// nothing, and with one row changed it finds that. Checks of tunnels, and of what only several polls tell, have theirs
// in tests of their own.

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <linux/if_addr.h>

#include "lib/node/recorded_node.h"
#include "lib/read/read_snapshot.h"
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

Snapshot Recorded(const std::string& name) {
  RecordedNode node(CALIWATCH_SOURCE_DIR "/test/recordings/" + name);
  const absl::Time at = node.TakenAt().value();
  return *ReadSnapshot(node, [&] { return at; }, {.ask_bird_routes = {{true, true}}});
}

IpAddress At(absl::string_view text) { return *IpAddress::Parse(text); }

template <class Row, class Wanted>
Row& First(std::vector<Row>& rows, Wanted wanted) {
  const auto row = std::find_if(rows.begin(), rows.end(), wanted);
  REQUIRE(row != rows.end());
  return *row;
}

Bird& Ipv4(Snapshot& node) { return node.birds[Family::kIpv4]; }
BgpPeer& PeerAt(Snapshot& node, absl::string_view address) {
  return First(*Ipv4(node).peers, [&](const BgpPeer& peer) { return peer.address == At(address); });
}
BgpSocket& SocketTo(Snapshot& node, absl::string_view address) {
  return First(*node.bgp_sockets, [&](const BgpSocket& socket) { return socket.remote == At(address); });
}
Route& RouteTo(Snapshot& node, absl::string_view destination) {
  return First(*node.routes, [&](const Route& route) {
    return route.destination == *Prefix::Parse(destination) && route.table == RT_TABLE_MAIN;
  });
}
Link& InterfaceOf(Snapshot& node, absl::string_view pod) {
  const int link = RouteTo(node, pod).link;
  return First(*node.links, [&](const Link& row) { return row.index == link; });
}
int Eth0(Snapshot& node) { return LinkNamed(node, "eth0").index; }

struct Change {
  std::string check;
  std::string recording;
  std::function<void(Snapshot&, Recollection&)> change;
  std::string subject;  // of what is found then
};

const std::string kPod = "10.48.40.129";
const std::string kPeer = "10.9.0.12";
const std::string kBlock = "10.48.217.0/26";

const std::vector<Change>& Changes() {
  static const std::vector<Change> changes = {
      {"bgp_listen_overflow", "calico/bgp-healthy",
       [](Snapshot& node, auto&) {
         BgpSocket& listener =
             First(*node.bgp_sockets, [](const BgpSocket& socket) { return socket.state == TcpState::kListen; });
         listener.receive_queue = listener.send_queue + 1;
       },
       "BIRD ipv4"},
      {"bgp_peer_down", "calico/bgp-healthy",
       [](Snapshot& node, auto&) {
         PeerAt(node, kPeer).state = ProtocolState::kStart;
         PeerAt(node, kPeer).bgp_state = BgpState::kActive;
       },
       kPeer},
      {"bgp_source_address_not_local", "calico/bgp-healthy",
       [](Snapshot& node, auto&) {
         First(*node.addresses, [](const Address& row) { return row.address == At("10.9.0.11"); }).address =
             At("10.9.0.99");
       },
       "10.9.0.11"},
      {"bird_routes_left_over", "calico/vxlan-healthy",
       [](Snapshot& node, auto&) {
         Route left = RouteTo(node, "10.48.40.128/26");
         left.destination = *Prefix::Parse("10.99.1.0/26");
         left.protocol = RTPROT_BIRD;
         AddRoute(node, left);
       },
       "BIRD ipv4"},
      {"blackhole_without_block", "calico/service-addresses-advertised",
       [](Snapshot& node, auto&) {
         Route services = RouteTo(node, "10.48.40.128/26");
         services.destination = *Prefix::Parse("10.96.0.0/12");
         AddRoute(node, services);
       },
       "10.96.0.0/12"},
      {"block_overlaps_network", "calico/bgp-healthy",
       [](Snapshot& node, auto&) {
         Route network = RouteTo(node, "10.9.0.0/24");
         network.destination = *Prefix::Parse("10.48.217.16/28");
         AddRoute(node, network);
       },
       kBlock},
      {"bird_down", "calico/bgp-healthy",
       [](Snapshot& node, auto&) { Ipv4(node).status = absl::UnavailableError("bird.ctl refuses"); }, "BIRD ipv4"},
      {"block_announced_by_several_peers", "calico/bgp-healthy",
       [](Snapshot& node, auto&) {
         Route second = RouteTo(node, kBlock);
         second.gateway = At("10.9.0.13");
         second.hop = 1;
         AddRoute(node, second);
       },
       kBlock},
      {"cni_token_old", "calico/bgp-healthy",
       [](Snapshot& node, auto&) { node.cni_kubeconfig = CniKubeconfig{node.taken_at - absl::Hours(30)}; },
       "this node"},
      {"duplicate_neighbor_ip", "calico/bgp-healthy",
       [](Snapshot& node, auto&) {
         Neighbor second = NeighborOf(node, kPod);
         second.link = InterfaceOf(node, "10.48.40.128").index;
         node.neighbors->push_back(second);
       },
       kPod},
      {"duplicate_workload_ip", "calico/bgp-healthy",
       [](Snapshot& node, auto&) {
         First(*node.endpoints, [&](const Endpoint& row) {
           return row.prefixes.front() == *Prefix::Parse("10.48.40.128");
         }).prefixes = {*Prefix::Parse(kPod)};
       },
       kPod},
      {"expected_route_missing", "calico/bgp-healthy",
       [](Snapshot& node, Recollection& before) {
         const Route& route = RouteTo(node, kBlock);
         before.birds[Family::kIpv4].missing_routes = {{route.destination, *route.gateway}};
       },
       kPeer},
      {"felix_route_missing", "calico/ipip333-healthy-n1",
       [](Snapshot& node, auto&) {
         std::erase_if(*node.routes, [](const Route& row) { return row.destination == *Prefix::Parse(kBlock); });
       },
       kBlock},
      {"forwarding_disabled", "calico/bgp-healthy",
       [](Snapshot& node, auto&) {
         NetConfOf(node, Family::kIpv4, InterfaceOf(node, "10.48.40.128").index).forwarding = 0;
       },
       "calica87c8a6361"},
      {"graceful_restart_blocked", "calico/bgp-healthy",
       [](Snapshot& node, auto&) {
         Ipv4(node).status->recovery = GracefulRestartWait{1, absl::Seconds(200), absl::Seconds(240)};
         PeerAt(node, kPeer).recovery = RecoveryRole::kPending;
       },
       "BIRD ipv4"},
      {"local_block_route_missing", "calico/bgp-healthy",
       [](Snapshot& node, auto&) { RouteTo(node, "10.48.40.128/26").type = RTN_UNICAST; }, "10.48.40.128/26"},
      {"local_block_route_missing", "calico/vxlan-healthy",
       [](Snapshot& node, auto&) { RouteTo(node, "10.48.40.128/26").type = RTN_UNICAST; }, "10.48.40.128"},
      {"mtu_mismatch", "calico/bgp-healthy",
       [](Snapshot& node, auto&) { InterfaceOf(node, "10.48.40.128").mtu = 9000; }, "calica87c8a6361"},
      {"neighbor_table_full", "calico/bgp-healthy",
       [](Snapshot& node, auto&) {
         NeighborLimits& limits =
             First(*node.neighbor_limits, [](const auto& row) { return row.family == Family::kIpv4; });
         limits.entries = limits.limit + 3;  // Felix' own are not counted
       },
       "IPv4"},
      {"node_address_wrong", "calico/ipip-healthy-n1",
       [](Snapshot& node, auto&) {
         node.addresses->push_back({At("10.9.0.100"), 25, RT_SCOPE_UNIVERSE, IFA_F_PERMANENT, Eth0(node)});
         Route network = RouteTo(node, "10.9.0.0/24");
         network.destination.length = 25;
         AddRoute(node, network);
       },
       "10.9.0.11"},
      {"node_address_unsteady", "calico/bgp-healthy",
       [](Snapshot& node, auto&) {
         Address& own = First(*node.addresses, [](const Address& row) { return row.address == At("10.9.0.11"); });
         const Address first{At("10.9.0.10"), 24, RT_SCOPE_UNIVERSE, IFA_F_PERMANENT, own.link};
         own.flags |= IFA_F_SECONDARY;
         node.addresses->push_back(first);
       },
       "10.9.0.11"},
      {"orphan_workload_interface", "calico/bgp-healthy",
       [](Snapshot& node, auto&) {
         std::erase_if(*node.endpoints, [](const Endpoint& row) { return row.interface == "calica87c8a6361"; });
       },
       "calica87c8a6361"},
      {"path_mtu_too_small", "calico/bgp-healthy", [](Snapshot& node, auto&) { SocketTo(node, kPeer).path_mtu = 1400; },
       kPeer},
      {"peer_established_without_routes", "calico/bgp-healthy",
       [](Snapshot& node, Recollection& before) {
         before.birds[Family::kIpv4].silent_peers = {PeerAt(node, kPeer).name};
       },
       kPeer},
      {"peer_flapping", "calico/bgp-healthy",
       [](Snapshot& node, Recollection& before) {
         before.birds[Family::kIpv4].flapping_peers = {{PeerAt(node, kPeer).name, 3, absl::Minutes(4)}};
       },
       kPeer},
      {"peer_hold_timer_low", "calico/bgp-healthy",
       [](Snapshot& node, auto&) { PeerAt(node, kPeer).hold_timer->remaining = absl::Seconds(60); }, kPeer},
      {"peer_path_one_way", "calico/bgp-healthy",
       [](Snapshot& node, Recollection& before) {
         SocketTo(node, kPeer).retransmits = 3;
         before.half_open_but_heard = {SocketTo(node, kPeer).cookie};
       },
       kPeer},
      {"pod_gateway_unanswered", "calico/bgp-healthy",
       [](Snapshot& node, auto&) { RouteTo(node, "0.0.0.0/0").type = RTN_UNREACHABLE; }, "169.254.1.1"},
      {"pod_gateway_unreachable", "cases/pod-answers-no-arp/with-pods",
       [](Snapshot& node, auto&) {
         for (PodNetwork& pod : *node.pods)
           for (PodNeighbor& entry : pod.neighbors) {
             entry.state = NUD_FAILED;
             entry.unchanged_for = absl::Seconds(1);
           }
       },
       "shop/pod1 ipv4"},
      {"pod_gateway_wrong_mac", "cases/pod-answers-no-arp/with-pods",
       [](Snapshot& node, auto&) {
         for (PodNetwork& pod : *node.pods)
           for (PodNeighbor& entry : pod.neighbors) entry.mac = MacAddress{2, 0, 0, 0, 0, 9};
       },
       "shop/pod1 ipv4"},
      {"proxy_arp_disabled", "calico/bgp-healthy",
       [](Snapshot& node, auto&) {
         NetConfOf(node, Family::kIpv4, InterfaceOf(node, "10.48.40.128").index).proxy_neigh = 0;
       },
       "calica87c8a6361"},
      {"route_flapping", "calico/bgp-healthy",
       [](Snapshot& node, Recollection& before) {
         before.recurring_routes = {{{RouteTo(node, kBlock).destination, RouteOwner::kBird, 1024}, 5, node.boot_time}};
       },
       kBlock},
      {"route_missing_from_kernel", "calico/bgp-healthy",
       [](Snapshot& node, auto&) {
         std::erase_if(*node.routes, [](const Route& row) { return row.destination == *Prefix::Parse(kBlock); });
       },
       kBlock},
      {"route_owner_conflict", "calico/ipip333-healthy-n1",
       [](Snapshot& node, auto&) {
         Route birds = RouteTo(node, kBlock);
         birds.protocol = RTPROT_BIRD;
         birds.metric = 1024;
         birds.gateway = At("10.9.0.13");
         AddRoute(node, birds);
       },
       kBlock},
      {"route_unreachable", "calico/bgp-healthy",
       [](Snapshot& node, auto&) { RouteTo(node, kBlock).type = RTN_UNREACHABLE; }, kBlock},
      {"route_without_encapsulation", "calico/ipip-healthy-n1",
       [](Snapshot& node, Recollection& before) {
         RouteTo(node, kBlock).link = Eth0(node);
         before.left_tunnel = {*Prefix::Parse(kBlock)};
       },
       kBlock},
      {"router_advertisements_ignored", "calico/bgp-healthy",
       [](Snapshot& node, auto&) {
         Route advertised = RouteTo(node, "0.0.0.0/0");
         advertised.destination = *Prefix::Parse("::/0");
         advertised.gateway = At("fe80::1");
         advertised.protocol = RTPROT_RA;
         advertised.expires = Lifetime{1500};
         AddRoute(node, advertised);
         LinkNamed(node, "eth0").ipv6_forwarding = 1;  // as with IPv6, which the recorded clusters do not have
       },
       "eth0"},
      {"workload_interface_down", "calico/bgp-healthy",
       [](Snapshot& node, auto&) { InterfaceOf(node, "10.48.40.128").up = false; }, "calica87c8a6361"},
      {"workload_ip_outside_local_blocks", "calico/bgp-healthy",
       [](Snapshot& node, auto&) {
         First(*node.endpoints, [](const Endpoint& row) { return row.interface == "calica87c8a6361"; }).prefixes = {
             *Prefix::Parse("10.48.217.9")};
       },
       "10.48.217.9"},
      {"workload_neighbor_mac_mismatch", "calico/bgp-healthy",
       [](Snapshot& node, auto&) { NeighborOf(node, kPod).mac = MacAddress{2, 0, 0, 0, 0, 9}; }, kPod},
      {"workload_route_linkdown", "calico/bgp-healthy",
       [](Snapshot& node, auto&) { InterfaceOf(node, "10.48.40.128").carrier = false; }, "10.48.40.128/32"},
      {"workload_route_missing", "calico/bgp-healthy",
       [](Snapshot& node, auto&) {
         std::erase_if(*node.routes, [](const Route& row) { return row.destination == *Prefix::Parse(kPod); });
       },
       kPod},
      {"workload_route_wrong_interface", "calico/bgp-healthy",
       [](Snapshot& node, auto&) { RouteTo(node, kPod).link = InterfaceOf(node, "10.48.40.128").index; }, kPod},
  };
  return changes;
}

TEST_CASE("each check finds what one row of a recorded node is changed to, and nothing before") {
  for (const Change& each : Changes()) {
    INFO(each.check << " on " << each.recording);
    Snapshot node = Recorded(each.recording);
    Recollection before;
    for (const Family family : kFamilies) before.birds[family].expected = node.birds[family].status.ok();
    const JudgedTexts well = JudgeBy(each.check, node, before);
    CHECK((well.ok() ? well->size() : 0) == 0);
    each.change(node, before);
    const JudgedTexts found = JudgeBy(each.check, node, before);
    REQUIRE(found.ok());
    CHECK(std::any_of(found->begin(), found->end(),
                      [&](const FindingText& finding) { return finding.subject == each.subject; }));
  }
}

}  // namespace
}  // namespace caliwatch
