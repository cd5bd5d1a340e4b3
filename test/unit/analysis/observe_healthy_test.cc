// SPDX-License-Identifier: Apache-2.0

// Healthy nodes in shapes that no lab here can have: nothing is found, however long it is looked at.

#include <functional>
#include <string>
#include <utility>

#include <absl/strings/str_cat.h>
#include <linux/fib_rules.h>

#include "lib/analysis/observe.h"
#include "test/support/catch.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

constexpr int kBpfIn = 30;
constexpr uint8_t kFelix = 80;

// What is found within ten polls that is more than information: "check subject; …".
std::string FoundIn(const Snapshot& healthy) {
  Observer observer;
  std::string found;
  for (int poll = 0; poll < 10; ++poll) {
    Snapshot node = healthy;
    LetPass(poll * absl::Seconds(30), node);
    const Report report = observer.Observe(Seen(std::move(node)));
    for (const Verdict& verdict : report.verdicts)
      for (const OpenFinding& finding : verdict.findings)
        if (verdict.check->severity != Severity::kInfo)
          absl::StrAppend(&found, verdict.check->name, " ", finding.subject, "; ");
  }
  return found;
}

Snapshot BgpNode() {
  Snapshot node = HealthyNode();
  Route connected;
  connected.destination = *Prefix::Parse("10.39.1.0/24");
  connected.link = kVxlanEth0;
  connected.protocol = RTPROT_KERNEL;
  AddRoute(node, connected);
  return node;
}

Link& AddDevice(Snapshot& node, int index, const char* name, const char* kind) {
  Link device = WorkloadLink(index, name);
  device.kind = kind;
  device.peer_netns_id.reset();
  node.links->push_back(device);
  return node.links->back();
}

// Its own way to pods and services: 169.254.1.1 stands for this node's kernel.
void AddEbpf(Snapshot& node) {
  SwitchToEbpf(node);
  LinkNamed(node, "bpfin.cali").index = kBpfIn;
  Route gateway = WorkloadRoute("169.254.1.1", kBpfIn);
  AddRoute(node, gateway);
  Route services = BlockRoute("10.96.0.0/12", "169.254.1.1");
  services.link = kBpfIn;
  services.protocol = kFelix;
  AddRoute(node, services);
  Neighbor neighbor = NeighborEntry("169.254.1.1", kBpfIn, NUD_PERMANENT);
  neighbor.mac = MacAddress{0x02, 0, 0, 0, 0, 1};
  node.neighbors->push_back(neighbor);
}

void MakeFlowBased(Snapshot& node) {
  LinkNamed(node, "vxlan.calico").vxlan = VxlanSettings{.flow_based = true};
  node.fdb->clear();
}

// Of all nodes but for one that has no key: its block is thrown back to table main.
void AddWireguard(Snapshot& node) {
  constexpr int kDevice = 31;
  AddDevice(node, kDevice, "wireguard.cali", "wireguard").mtu = 1440;
  node.addresses->push_back({*IpAddress::Parse("192.168.231.63"), 32, RT_SCOPE_UNIVERSE, 0, kDevice});
  Route encrypted = BlockRoute("192.168.36.0/26", "10.39.1.36");
  encrypted.gateway.reset();
  encrypted.table = 1;
  encrypted.link = kDevice;
  encrypted.protocol = kFelix;
  AddRoute(node, encrypted);
  Route thrown = encrypted;
  thrown.destination = *Prefix::Parse("192.168.219.0/26");
  thrown.type = RTN_THROW;
  thrown.link = 0;
  AddRoute(node, thrown);
  Rule rule;
  rule.priority = 99;
  rule.table = 1;
  rule.action = FR_ACT_TO_TBL;
  rule.inverted = true;
  rule.mark = rule.mask = 0x100000;
  Rule main;
  main.priority = 32766;
  main.table = RT_TABLE_MAIN;
  main.action = FR_ACT_TO_TBL;
  node.rules = std::vector<Rule>{rule, main};
}

TEST_CASE("the eBPF data plane beside BGP is healthy") {
  Snapshot node = BgpNode();
  AddEbpf(node);
  CHECK(FoundIn(node).empty());
}

TEST_CASE("the eBPF data plane beside VXLAN is healthy, whatever its tunnel is like") {
  Snapshot node = VxlanNode();
  AddEbpf(node);
  SECTION("as without it, up to 3.30") {}
  SECTION("flow-based, which takes no forwarding entries") { MakeFlowBased(node); }
  SECTION("flow-based and without an address, as with bpfOverlayHostSourceIP") {
    MakeFlowBased(node);
    std::erase_if(*node.addresses, [](const Address& row) { return row.link == kVxlanDevice; });
  }
  CHECK(FoundIn(node).empty());
}

TEST_CASE("WireGuard beside BGP is healthy, also where a node has no key") {
  Snapshot node = BgpNode();
  AddWireguard(node);
  CHECK(FoundIn(node).empty());
}

TEST_CASE("an unused tunl0 is healthy, up or down") {
  Snapshot node = BgpNode();
  Link& tunnel = AddDevice(node, 32, "tunl0", "ipip");
  tunnel.mtu = 1480;
  SECTION("down") { tunnel.up = false; }
  SECTION("up") { tunnel.up = true; }
  CHECK(FoundIn(node).empty());
}

TEST_CASE("ten polls of a node with a fault are not silent") {
  Snapshot node = VxlanNode();
  LinkNamed(node, "vxlan.calico").up = false;
  CHECK_FALSE(FoundIn(node).empty());
}

}  // namespace
}  // namespace caliwatch
