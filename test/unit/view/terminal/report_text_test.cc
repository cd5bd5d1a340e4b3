// SPDX-License-Identifier: Apache-2.0
#include "lib/view/terminal/report_text.h"

#include <regex>
#include <string>
#include <utility>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/str_split.h>

#include "test/support/catch.h"
#include "test/support/judged_nodes.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

std::string TextOf(const Snapshot& node) { return ReportText(ReportOf(node), false); }

std::string LineWith(absl::string_view text, absl::string_view part) {
  for (absl::string_view line : absl::StrSplit(text, '\n'))
    if (absl::StrContains(line, part)) return std::string(line);
  return "";
}

TEST_CASE("a node without BIRD is clean, and is said to have none") {
  CHECK(absl::StrContains(TextOf(NodeWithoutBird()), "\nBIRD\n  does not run here: bird.ctl does not exist\n\n"));
}

TEST_CASE("a node behind VXLAN shows the other nodes, and in one line that it has no BIRD") {
  const std::string text = TextOf(VxlanNode());
  CHECK(absl::StrContains(text,
                          "\nOther nodes, IPv4: 2 by VXLAN; all complete\n"
                          "  NODE         STATE     WAY                     ROUTES BY  BLOCKS\n"
                          "  10.39.1.36   complete  VXLAN to 192.168.36.0   Felix      192.168.36.0/26\n"
                          "  10.39.1.219  complete  VXLAN to 192.168.219.0  Felix      192.168.219.0/26\n"));
  CHECK(absl::StrReplaceAll(text, {{"does not run here", ""}}).size() == text.size() - 17);
}

TEST_CASE("of hundreds of other nodes, those that lack something are shown, and the rest are counted") {
  Report report = ReportOf(VxlanNode());
  report.remote_nodes->rows.resize(600, report.remote_nodes->rows.back());
  report.remote_nodes->rows.back().lacks = {NodeLack::kFdb};
  report.remote_nodes->rows.back().address.reset();
  const std::string text = ReportText(report, false);
  const std::string nodes = text.substr(text.find("Other nodes"));
  CHECK(absl::StartsWith(nodes, "Other nodes, IPv4: 600 by VXLAN; 1 incomplete\n"));
  CHECK(absl::StrContains(nodes, "BLOCKS\n  ? "));
  CHECK(absl::StrContains(nodes, "\n  and 580 more, all complete\n"));
  CHECK(static_cast<std::vector<std::string>>(absl::StrSplit(nodes, "VXLAN to ")).size() == 21);
}

TEST_CASE("other nodes that cannot be known are said to be unknown") {
  Snapshot node = VxlanNode();
  node.fdb = absl::UnavailableError("netlink is gone");
  CHECK(absl::StrContains(TextOf(node), "\nOther nodes\n  unknown: netlink is gone\n"));
}

TEST_CASE("the text of a healthy node has a verdict, its BIRDs, a line a peer and one a node, and nothing else") {
  Snapshot node = HealthyNode();
  Route connected;
  connected.destination = *Prefix::Parse("10.39.1.0/24");
  connected.link = kVxlanEth0;
  connected.protocol = RTPROT_KERNEL;
  AddRoute(node, connected);
  CHECK(TextOf(node) ==
        "node-231: nothing wrong found\n"
        "Seen 2027-01-15 08:00:00 UTC\n"
        "\n"
        "BIRD\n"
        "  IPv4  v0.3.3+birdv1.6.8, router id 10.39.1.231, up 4 h 0 min\n"
        "  IPv6  does not run here: /var/run/calico/bird6.ctl does not exist\n"
        "\n"
        "Felix\n"
        "  live and ready\n"
        "\n"
        "BGP peers, IPv4: 2 of 2 up\n"
        "  PEER         KIND  STATE        FOR        IMPORTED  IN KERNEL  CAUSE\n"
        "  10.39.1.219  mesh  Established  3 h 0 min         1          1\n"
        "  10.39.1.36   mesh  Established  3 h 0 min         1          1\n"
        "\n"
        "Other nodes, IPv4: 2 direct; all complete\n"
        "  NODE         STATE     WAY           ROUTES BY  BLOCKS\n"
        "  10.39.1.36   complete  direct, eth0  BIRD       192.168.36.0/26\n"
        "  10.39.1.219  complete  direct, eth0  BIRD       192.168.219.0/26\n");
}

TEST_CASE("a peer that is down comes first, with its cause; the finding says what to do") {
  Snapshot node = NodeWithPeerDown();
  std::swap(node.birds[Family::kIpv4].peers->front(), node.birds[Family::kIpv4].peers->back());
  const std::string text = TextOf(node);
  CHECK(absl::StartsWith(text, "node-231: 1 critical problem\n"));
  CHECK(absl::StrContains(text, "BGP peers, IPv4: 1 of 2 up\n"));
  const std::string peers = text.substr(text.find("BGP peers"));
  CHECK(peers.find("10.39.1.219") < peers.find("10.39.1.36"));
  CHECK(LineWith(peers, "10.39.1.219") == "  10.39.1.219  mesh  Active       1 min 15 s         -          1  refused");
  CHECK(absl::StrContains(text,
                          "\nFindings\n  CRITICAL  BGP peer 10.39.1.219 is down [bgp_peer_down]\n    "
                          "10.39.1.219: connection refused: "));
  CHECK(absl::StrContains(text, "\n    What it breaks: This node and the peer's exchange no IPv4 routes"));
  CHECK(absl::StrContains(text, "\n    What to do: Start calico-node on the peer's node"));
}

TEST_CASE("what to type is on lines of its own, whole, with the machine that it is for and what it changes") {
  Snapshot node = NodeWithPeerDown();
  const std::string text = TextOf(node);
  CHECK(
      absl::StrContains(text,
                        "\n      # with kubectl, anywhere:\n      kubectl get pods -o wide -A -l k8s-app=calico-node "
                        "--field-selector status.podIP=10.39.1.219\n      # on the node of 10.39.1.219, as "
                        "root:\n      ss -tlnp 'sport = :179'\n      # with kubectl, anywhere:\n      kubectl exec "));
  node = HealthyNode();
  node.netconf->front().proxy_neigh = 0;
  CHECK(absl::StrContains(TextOf(node),
                          "\n      # on this node, as root:\n      sysctl -w net/ipv4/conf/cali12ab34cd56e/proxy_arp=1 "
                          " # changes something\n      grep -r"));
}

TEST_CASE("thirty of one kind are one problem: the first is told, with what to type, and the others named") {
  Snapshot node = HealthyNode();
  for (int i = 10; i < 40; ++i) {
    node.links->push_back(WorkloadLink(i, absl::StrCat("cali000000000", i)));
    node.netconf->push_back({Family::kIpv4, i, 1, 0, 1});
  }
  const std::string text = TextOf(node);
  CHECK(absl::StartsWith(text, "node-231: 1 problem\n"));
  CHECK(absl::StrContains(text, "WARNING  Interface cali00000000010, like 29 others, belongs to no workload\n"));
  CHECK(absl::StrContains(text, "    cali00000000010: belongs to no workload"));
  CHECK_FALSE(absl::StrContains(text, "    cali00000000011: belongs to no workload"));
  CHECK(absl::StrContains(text, "    The same: cali00000000011, cali00000000012,"));
  CHECK(absl::StrContains(text, "and 9 more\n"));
  CHECK(absl::StrContains(text, "      ip -d link show cali00000000010\n"));
  CHECK_FALSE(absl::StrContains(text, "ip -d link show cali00000000011"));
}

TEST_CASE("what cannot be read and what cannot be judged are told with the reason") {
  const std::string text = TextOf(NodeWithoutLinks());
  CHECK(absl::StartsWith(text, "node-231: cannot judge"));
  CHECK(absl::StrContains(text, "\nCould not be read\n  SOURCE  WHY\n  links   netlink is gone\n"));
  CHECK(absl::StrContains(text, "\nChecks that cannot judge\n"));
  CHECK(absl::StrContains(LineWith(text, " checks wait: "), "checks wait: netlink is gone"));
  CHECK(absl::StartsWith(LineWith(text, "duplicate_neighbor_ip"), "    "));
}

TEST_CASE("a BIRD that recovers from a restart says what that holds up, and for how long") {
  Snapshot node = HealthyNode();
  node.birds[Family::kIpv4].status->recovery = GracefulRestartWait{3, absl::Seconds(200), absl::Seconds(240)};
  FirstPeer(node).state = ProtocolState::kWait;
  const std::string text = TextOf(node);
  CHECK(absl::StrContains(
      text,
      "  IPv4  v0.3.3+birdv1.6.8, router id 10.39.1.231, up 4 h 0 min, recovers from a restart: no route\n"
      "        reaches the kernel before the 3 still awaited have recovered, or 3 min 20 s have passed\n"));
  CHECK(absl::StrContains(LineWith(text, "10.39.1.219"), "Established, wait"));
  CHECK(absl::StrContains(LineWith(text, "10.39.1.219"), "held back"));
}

TEST_CASE("a BIRD that is there and cannot be asked is told so, with the reason") {
  Snapshot node = HealthyNode();
  LoseBird(node, absl::DeadlineExceededError("BIRD is silent"));
  CHECK(LineWith(TextOf(node), "  IPv4") == "  IPv4  cannot be asked: BIRD is silent");
  CHECK(LineWith(TextOf(node), "bird_down") == "  CRITICAL  BIRD (IPv4) does not answer [bird_down]");
}

TEST_CASE("what a BIRD said before it fell silent is marked with the time that it was read") {
  const std::string text = ReportText(ReportOfSilentBird(), false);
  CHECK(absl::StrContains(
      absl::StrReplaceAll(text, {{"\n        ", " "}}),
      "  IPv4  cannot be asked: BIRD is silent; it was v0.3.3+birdv1.6.8, router id 10.39.1.231 when it "
      "was read last, at 08:00:00 UTC, 40 s ago\n"));
  CHECK(absl::StrContains(text, "BGP peers, IPv4: unknown now; 2 as of 08:00:00 UTC, 40 s ago\n"));
}

TEST_CASE("Felix has its own lines where there is a trace of it") {
  Snapshot node = HealthyNode();
  node.felix->ready = false;
  node.felix->components[0].ready = false;
  CHECK(absl::StrContains(TextOf(node), "\nFelix\n  live, not ready; CalculationGraph not ready\n"));
  node.endpoints = absl::NotFoundError("no such folder");
  node.calico_mtu = absl::NotFoundError("no such file");
  node.felix = absl::NotFoundError("nobody listens");
  Fail(node, "felix", node.felix.status());
  CHECK_FALSE(absl::StrContains(TextOf(node), "Felix"));
}

TEST_CASE("unknown counts are not zeros") {
  Snapshot node = HealthyNode();
  node.routes = absl::UnavailableError("netlink is gone");
  FirstPeer(node).age.reset();
  CHECK(absl::StrContains(LineWith(TextOf(node), "10.39.1.219"), "Established  ?"));
  CHECK(absl::EndsWith(LineWith(TextOf(node), "10.39.1.219"), "1          ?"));
}

TEST_CASE("colour is escape sequences around the same text") {
  const Report report = ReportOf(NodeWithPeerDown());
  const std::string plain = ReportText(report, false);
  const std::string coloured = ReportText(report, true);
  CHECK_FALSE(absl::StrContains(plain, "\x1b"));
  CHECK(absl::StrContains(coloured, "\x1b[1;31m1 critical problem\x1b[0m"));
  CHECK(std::regex_replace(coloured, std::regex("\x1b\\[[0-9;]*m"), "") == plain);
}

TEST_CASE("what comes from outside cannot steer the terminal") {
  Snapshot node = NodeWithPeerDown();
  node.node_name = "evil\x1b[2J\r\n\xff";
  FirstPeer(node).address.reset();
  FirstPeer(node).name = "Mesh_\x1b]0;x\x07\xc2\x9b";
  const std::string text = TextOf(node);
  for (char c : text) CHECK((c == '\n' || static_cast<unsigned char>(c) >= 0x20));
  CHECK_FALSE(absl::StrContains(text, "\xc2\x9b"));
  CHECK(absl::StartsWith(text, "evil\xEF\xBF\xBD[2J\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD: "));
}

}  // namespace
}  // namespace caliwatch
