// SPDX-License-Identifier: Apache-2.0
// What is to be typed about the findings of each check, to the letter; of those whose lines depend on more than whom a
// finding is about, their own tests tell.

#include <set>
#include <string>
#include <vector>

#include "lib/analysis/findings/check.h"
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

using Lines = std::vector<std::string>;

const std::string kThis = "-A -l k8s-app=calico-node --field-selector spec.nodeName=node-231";
const std::string kThat = "-A -l k8s-app=calico-node --field-selector status.podIP=10.39.1.36";
const std::string kName = " -o jsonpath='-n {.items[0].metadata.namespace} {.items[0].metadata.name}')";
const std::string kPod = "$(kubectl get pods " + kThis + kName;
const std::string kPods = "kubectl get pods -o wide " + kThis;
const std::string kDescribe = "kubectl describe pods " + kThis;
const std::string kLog = "kubectl logs -c calico-node " + kPod + " --tail=100";
const std::string kLogBefore = "kubectl logs -c calico-node " + kPod + " --previous --tail=100";
const std::string kRestart = "kubectl delete pods " + kThis + " # changes";
const std::string kNode = "calicoctl get node node-231 -o yaml";
const std::string kTypha = "kubectl get pods -o wide -A -l k8s-app=calico-typha";
const std::string kPodsThere = "kubectl get pods -o wide " + kThat;
const std::string kPools = "calicoctl get ippool -o wide";

std::string LogWith(const std::string& grep) {
  return "kubectl logs -c calico-node " + kPod + " --since=1h | grep " + grep;
}
std::string Birdcl(const std::string& words) {
  return "kubectl exec -c calico-node " + kPod + " -- birdcl -s /var/run/calico/bird.ctl " + words;
}
std::string BirdclThere(const std::string& words) {
  return "kubectl exec -c calico-node $(kubectl get pods " + kThat + kName + " -- birdcl -s /var/run/calico/bird.ctl " +
         words;
}
std::string InPod(const std::string& line) {
  return "nsenter -t \"$(lsns -t net -n -o NETNSID,PID | awk '$1 == 5 { print $2; exit }')\" -n " + line;
}

const IpAddress kPeer = *IpAddress::Parse("10.39.1.36"), kPodAddress = *IpAddress::Parse("192.168.231.1");
const Prefix kBlock = *Prefix::Parse("192.168.36.0/26");
const InterfaceName kVeth{"cali12ab34cd56e"}, kVxlan{"vxlan.calico"}, kEth0{"eth0"};

Finding About(Thing subject, std::vector<Thing> related = {}) {
  return {std::move(subject), Family::kIpv4, "", "", std::move(related)};
}

struct Typed {
  std::string check;
  Finding finding;
  Lines lines;
};

// On HealthyNode().
std::vector<Typed> Table() {
  const Finding of_bird = About(FamilyWide::kBird), of_node = About(NodeWide::kNode),
                of_felix = About(NodeWide::kFelix);
  const Finding of_peer = About(kPeer), of_block = About(kBlock), of_veth = About(kVeth), of_pod = About(kPodAddress);
  const Lines detection = {"ip -brief address", kNode};
  return {
      {"bgp_listen_overflow", of_bird, {"ss -ltn 'sport = :179'", kLog, kRestart}},
      {"bgp_source_address_not_local", of_peer, {"ip -brief address", kNode, LogWith("-i autodetect")}},
      {"bgp_without_peers",
       of_bird,
       {kNode, "calicoctl get bgppeers -o yaml", "calicoctl get bgpconfiguration default -o yaml"}},
      {"bird_configuration_old",
       of_bird,
       {LogWith("-i -e confd -e 'syntax error'"), "calicoctl get nodes -o wide", kRestart}},
      {"bird_down", of_bird, {"ps -o pid,stat,etime,time,args -C bird,bird6", kPods, LogWith("-i bird"), kRestart}},
      {"bird_restarts_often", of_bird, {kDescribe, kLogBefore, "journalctl -k | grep -i -e oom -e segfault"}},
      {"bird_routes_left_over", of_bird, {"ip route show proto bird"}},
      {"block_announced_by_several_peers",
       About(kBlock, {kPeer}),
       {"calicoctl ipam show --show-blocks",
        "calicoctl get blockaffinities -o yaml | grep -F -A3 'cidr: 192.168.36.0/26'",
        BirdclThere("show route all 192.168.36.0/26")}},
      {"block_overlaps_network", of_block, {kPools, "ip -brief address"}},
      {"calico_folders_empty",
       of_node,
       {"find / -xdev -name nodename -path '*calico*' 2>/dev/null", "find /run /var -name bird.ctl 2>/dev/null"}},
      {"cni_token_old", of_node, {kRestart, LogWith("-i token"), "chronyc tracking"}},
      {"duplicate_neighbor_ip",
       About(kPodAddress, {kVeth}),
       {"kubectl get pods -A -o wide --field-selector status.podIP=192.168.231.1",
        "calicoctl ipam show --ip=192.168.231.1", "ip neigh show 192.168.231.1", "ip -d link show cali12ab34cd56e",
        "lsns -t net -o NETNSID,PID,COMMAND"}},
      {"duplicate_workload_ip",
       of_pod,
       {"calicoctl ipam show --ip=192.168.231.1",
        "kubectl get pods -A -o 'custom-columns=NAMESPACE:.metadata.namespace,NAME:.metadata.name,"
        "IPS:.status.podIPs[*].ip' | grep -wF 192.168.231.1",
        "ip route show 192.168.231.1", "calicoctl ipam check"}},
      {"endpoint_files_stale",
       of_felix,
       {kPods, kDescribe + " | grep Image:", LogWith("-i endpoint-status"), kRestart}},
      {"expected_route_missing",
       of_peer,
       {"ip route show via 10.39.1.36", Birdcl("show protocols"), BirdclThere("show status")}},
      {"felix_down", of_felix, {kPods, kLog, kRestart}},
      {"felix_not_ready", of_felix, {kLog, kTypha, kRestart}},
      {"felix_restarts_often", of_felix, {kDescribe, kLogBefore, kTypha}},
      {"felix_route_missing", of_block, {"ip route show 192.168.36.0/26", kLog, kRestart}},
      {"foreign_pod_in_block",
       of_pod,
       {"ls /etc/cni/net.d", "kubectl get pods -A -o wide --field-selector status.podIP=192.168.231.1"}},
      {"forwarding_disabled",
       About(FamilyWide::kForwarding),
       {"sysctl -w net.ipv4.ip_forward=1 # changes",
        "grep -r forward /etc/sysctl.conf /etc/sysctl.d /usr/lib/sysctl.d"}},
      {"forwarding_disabled",
       of_veth,
       {"sysctl -w net/ipv4/conf/cali12ab34cd56e/forwarding=1 # changes",
        "grep -r forward /etc/sysctl.conf /etc/sysctl.d /usr/lib/sysctl.d"}},
      {"local_block_route_missing", of_block, {"ip route show type blackhole", kRestart}},
      {"local_workload_peer_down",
       of_peer,
       {Birdcl("show protocols all Mesh_10_39_1_36"), "calicoctl get bgppeers -o yaml"}},
      {"mtu_mismatch",
       of_veth,
       {"ip -d link show cali12ab34cd56e", "cat /var/lib/calico/mtu", "kubectl get pod -o wide -n default pod-1"}},
      {"mtu_mismatch",
       About(kVxlan),
       {"ip -d link show vxlan.calico", "cat /var/lib/calico/mtu", "calicoctl get felixconfiguration default -o yaml",
        kRestart}},
      {"node_address_unsteady", of_peer, detection},
      {"node_address_wrong", of_peer, detection},
      {"nothing_judged", of_node, {"find / -xdev -name nodename -path '*calico*' 2>/dev/null", "ls /etc/cni/net.d"}},
      {"orphan_workload_interface",
       of_veth,
       {"ip -d link show cali12ab34cd56e", "lsns -t net -n -o NETNSID,PID,COMMAND | awk '$1 == 5'",
        "[ -n \"$(lsns -t net -n -o NETNSID | awk '$1 == 5')\" ] || ip netns delete \"$(ip netns list | sed -n 's/ "
        "(id: 5)$//p')\" # changes"}},
      {"node_large_packets_lost",
       of_peer,
       {"tracepath -n 10.39.1.36", "ping -c 3 -M do -s 1400 10.39.1.36", "ip -br link",
        "ip -br link # on the node of 10.39.1.36", "nft list ruleset # on the node of 10.39.1.36"}},
      {"path_mtu_too_small", of_peer, {"tracepath -n 10.39.1.36", "ip route flush cache # changes"}},
      {"peer_established_without_routes",
       of_peer,
       {BirdclThere("show status"), kPodsThere, Birdcl("show protocols all Mesh_10_39_1_36")}},
      {"peer_flapping", of_peer, {Birdcl("show protocols all Mesh_10_39_1_36"), kPodsThere}},
      {"peer_hold_timer_low", of_peer, {"ping -c 3 10.39.1.36", kPodsThere}},
      {"peer_path_one_way",
       of_peer,
       {"ping -c 3 10.39.1.36", "tracepath -n 10.39.1.36", "ip route get 10.39.1.36", "nft list ruleset",
        "nft list ruleset # on the node of 10.39.1.36",
        "tcpdump -ni any host 10.39.1.231 and tcp port 179 # on the node of 10.39.1.36"}},
      {"peer_routes_ignored",
       of_peer,
       {Birdcl("show route all filtered"), "calicoctl get nodes -o wide", "calicoctl get bgppeers -o yaml"}},
      {"pod_gateway_unanswered",
       About(*IpAddress::Parse("169.254.1.1")),
       {"ip route show default", "ip route add 169.254.1.1/32 dev eth0 # changes"}},
      {"pod_gateway_unanswered",
       {*IpAddress::Parse("fe80::1"), Family::kIpv6, "", "", {kVeth}},
       {"ip -6 address add fe80::1/64 dev cali12ab34cd56e scope link # changes"}},
      {"pod_gateway_unreachable", About(PodName{"default/pod-1"}, {kVeth}), {kRestart}},
      {"proxy_arp_disabled",
       of_veth,
       {"sysctl -w net/ipv4/conf/cali12ab34cd56e/proxy_arp=1 # changes",
        "grep -rns proxy_arp /etc/sysctl.conf /etc/sysctl.d /run/sysctl.d /usr/local/lib/sysctl.d "
        "/usr/lib/sysctl.d"}},
      {"route_flapping",
       of_block,
       {"timeout 60 ip monitor route | grep -F 192.168.36.0/26", "calicoctl get bgpconfiguration default -o yaml",
        "calicoctl get felixconfiguration default -o yaml", kLog}},
      {"route_owner_conflict",
       of_block,
       {"ip route show 192.168.36.0/26", "calicoctl get bgpconfiguration default -o yaml",
        "calicoctl get felixconfiguration default -o yaml", kPools}},
      {"route_without_encapsulation", of_block, {kPools, "ip route show 192.168.36.0/26", "ip -d link show tunl0"}},
      {"router_advertisements_ignored", About(kEth0), {"sysctl -w net/ipv6/conf/eth0/accept_ra=2 # changes"}},
      {"routes_partly_tunnelled",
       About(InterfaceName{"tunl0"}),
       {kPools, "ip route show proto bird dev tunl0", "ip route show proto bird"}},
      {"tunnel_address_in_remote_block", of_peer, {"calicoctl ipam show --show-blocks", kNode}},
      {"tunnel_address_missing", About(kVxlan), {kRestart, kNode, "calicoctl ipam show"}},
      {"tunnel_device_down", About(kVxlan), {"ip link set vxlan.calico up # changes", kRestart}},
      {"tunnel_device_missing",
       About(kVxlan),
       {kRestart, LogWith("-i -e vxlan -e ipip"), "ip -d link show type vxlan"}},
      {"tunnel_device_missing",
       About(InterfaceName{"tunl0"}),
       {"modprobe ipip # changes", kRestart, LogWith("-i -e vxlan -e ipip"), "ip -d link show type vxlan"}},
      {"tunnel_unanswered",
       About(kVxlan),
       {"ip -s link show vxlan.calico", "tcpdump -ni any 'udp port 4789 or proto 4' # on another node"}},
      {"vxlan_fdb_incomplete", About(kPeer, {kVxlan}), {"bridge fdb show dev vxlan.calico", kRestart}},
      {"vxlan_mac_shared",
       About(kPeer, {kVxlan, kPeer}),
       {"ip link show vxlan.calico", "cat /etc/machine-id",
        "calicoctl get nodes -o yaml | grep -e ' name:' -e vxlanTunnelMACAddr",
        "ip link show vxlan.calico # on the node with tunnel address 10.39.1.36"}},
      {"vxlan_neighbor_incomplete", About(kPeer, {kVxlan}), {"ip neigh show dev vxlan.calico", kRestart}},
      {"vxlan_route_missing", About(kPeer, {kVxlan}), {"ip route show dev vxlan.calico", kRestart}},
      {"vxlan_source_address_not_local", About(kVxlan), {"ip -brief address", kNode, "ip -d link show vxlan.calico"}},
      {"vxlan_source_interface_wrong", About(kVxlan), {"ip -brief address", kNode, "ip -d link show vxlan.calico"}},
      {"wireguard_incomplete", About(InterfaceName{"wireguard.cali"}), {"ip rule show", kRestart}},
      {"workload_answers_no_arp",
       About(kPodAddress, {kVeth}),
       {"ip neigh show 192.168.231.1", InPod("ip route get 10.39.1.231"),
        InPod("ip route add 10.39.1.231 via 169.254.1.1 dev eth0 onlink") + " # changes",
        InPod("sysctl -w net.ipv4.conf.all.rp_filter=2 net.ipv4.conf.eth0.rp_filter=2") + " # changes"}},
      {"workload_interface_down",
       of_veth,
       {InPod("ip link set eth0 up") + " # changes",
        InPod("ip route add 169.254.1.1 dev eth0 scope link") + " # changes",
        InPod("ip route add default via 169.254.1.1 dev eth0") + " # changes"}},
      {"workload_interface_left",
       of_veth,
       {"kubectl get pods -A -o wide --field-selector spec.nodeName=node-231",
        "journalctl -u containerd -u kubelet --since -1h"}},
      {"workload_interface_missing", of_veth, {"kubectl get pod -o wide -n default pod-1", kLog, kRestart}},
      {"workload_ip_outside_local_blocks",
       of_pod,
       {"calicoctl ipam show --show-blocks", "calicoctl ipam show --ip=192.168.231.1"}},
      {"workload_neighbor_mac_mismatch",
       About(kPodAddress, {kPodAddress, kVeth}),
       {"ip neigh del 192.168.231.1 dev cali12ab34cd56e # changes", "ip neigh show 192.168.231.1"}},
      {"workload_not_programmed",
       of_veth,
       {"kubectl get pods -A -o wide --field-selector spec.nodeName=node-231", kLog, kTypha, kRestart}},
      {"workload_route_linkdown",
       About(*Prefix::Parse("192.168.231.1/32"), {kVeth, kPodAddress}),
       {InPod("ip link set eth0 up") + " # changes"}},
      {"workload_route_missing",
       About(kPodAddress, {kVeth}),
       {"ip route add 192.168.231.1 dev cali12ab34cd56e scope link # changes", kLog}},
      {"workload_routes_all_missing",
       About(FamilyWide::kWorkloadRoutes),
       {kRestart, "journalctl -u systemd-networkd -u NetworkManager --since -1h"}},
  };
}

// Told by their own tests.
const std::set<std::string> kElsewhere = {"bgp_peer_down",
                                          "bgp_peer_down_routes_kept",
                                          "bgp_peers_share_cause",
                                          "blackhole_without_block",
                                          "graceful_restart_blocked",
                                          "neighbor_table_full",
                                          "node_overlay_broken",
                                          "pod_gateway_wrong_mac",
                                          "policy_rule_before_main",
                                          "route_missing_from_kernel",
                                          "route_through_workload",
                                          "route_unreachable",
                                          "workload_route_wrong_interface"};

TEST_CASE("each check says what to type, to the letter") {
  for (const Typed& typed : Table()) {
    INFO(typed.check);
    CHECK(LinesFor(typed.check, typed.finding, HealthyNode()) == typed.lines);
  }
}

TEST_CASE("no check is without commands, and each has its lines in a test") {
  std::set<std::string> told = kElsewhere, all;
  for (const Typed& typed : Table()) told.insert(typed.check);
  for (const CheckInfo* check : AllCheckInfos()) all.insert(std::string(check->name));
  CHECK(told == all);
}

TEST_CASE("what is about IPv6 is asked of IPv6") {
  const Finding finding{*IpAddress::Parse("fd39:1::36"), Family::kIpv6, ""};
  CHECK(LinesFor("path_mtu_too_small", finding, HealthyNode()) ==
        Lines{"tracepath -n fd39:1::36", "ip -6 route flush cache # changes"});
  CHECK(LinesFor("bird_routes_left_over", finding, HealthyNode()) == Lines{"ip -6 route show proto bird"});
  CHECK(LinesFor("forwarding_disabled", {FamilyWide::kForwarding, Family::kIpv6, ""}, HealthyNode()).front() ==
        "sysctl -w net.ipv6.conf.all.forwarding=1 # changes");
}

TEST_CASE("an interface that is down is switched on, before anything is looked for behind it") {
  Snapshot node = HealthyNode();
  (*node.links)[1].up = false;
  const std::string on = "ip link set cali12ab34cd56e up # changes";
  CHECK(LinesFor("workload_interface_down", About(kVeth), node).front() == on);
  CHECK(LinesFor("workload_route_missing", About(kPodAddress, {kVeth}), node).front() == on);
  CHECK(LinesFor("pod_gateway_unreachable", About(PodName{"default/pod-1"}, {kVeth}), node) == Lines{on});
}

TEST_CASE("a gateway that switches keep from answering is mended by these") {
  Snapshot node = HealthyNode();
  node.netconf->front().forwarding = 0;
  node.netconf->front().proxy_neigh = 0;
  CHECK(LinesFor("pod_gateway_unreachable", About(PodName{"default/pod-1"}, {kVeth}), node) ==
        Lines{"sysctl -w net/ipv4/conf/cali12ab34cd56e/forwarding=1 # changes",
              "sysctl -w net/ipv4/conf/cali12ab34cd56e/proxy_arp=1 # changes"});
}

TEST_CASE("a tunl0 without an address is Felix' to set up") {
  Snapshot node = HealthyNode();
  node.links->push_back(WorkloadLink(3, "tunl0"));
  CHECK(LinesFor("tunnel_device_down", About(InterfaceName{"tunl0"}), node) == Lines{kRestart});
  node.addresses->push_back({*IpAddress::Parse("192.168.231.0"), 32, RT_SCOPE_UNIVERSE, 0, 3});
  CHECK(LinesFor("tunnel_device_down", About(InterfaceName{"tunl0"}), node).front() ==
        "ip link set tunl0 up # changes");
}

TEST_CASE("an interface of which the node has both ends is deleted; of one whose other end is unknown nothing is") {
  Snapshot node = HealthyNode();
  (*node.links)[1].peer_netns_id = -1;
  CHECK(LinesFor("orphan_workload_interface", About(kVeth), node) == Lines{"ip -d link show cali12ab34cd56e"});
  (*node.links)[1].peer_netns_id.reset();
  CHECK(LinesFor("orphan_workload_interface", About(kVeth), node) == Lines{"ip link delete cali12ab34cd56e # changes"});
}

TEST_CASE("routes of IPv6 that Felix was never told to make come with no restart") {
  Finding finding = About(FamilyWide::kWorkloadRoutes);
  finding.remedy = "Where pods are to have IPv6, switch it on";
  CHECK(LinesFor("workload_routes_all_missing", finding, HealthyNode()) ==
        Lines{"calicoctl get felixconfiguration default -o yaml", kPools});
}

}  // namespace
}  // namespace caliwatch
