// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/model/shell_word.h"

namespace caliwatch {
namespace {

std::string HowItFails(const UnreachedNode& node) {
  if (!node.instead.empty()) return absl::StrCat("node ", node.instead, " answers in its place");
  const std::string times = absl::StrCat(", ", node.rounds, " times in a row");
  return absl::StrCat(node.result == ProbeResult::kUnreachable ? "there is no way to it" : "nothing comes back", times);
}

// Whose end it is, by how others do.
std::string OthersText(const UnreachedNode& node) {
  if (node.others_asked == 0) return ". No other node has been asked through it of late";
  const std::string of = absl::StrCat(node.others_asked, " other", node.others_asked == 1 ? "" : "s");
  if (node.others_reached == 0)
    return absl::StrCat(". So it is with all ", of, " asked through it of late: it is this node's end");
  return absl::StrCat(". Of ", of, " asked through it of late, ", node.others_reached,
                      node.others_reached == 1 ? " answers" : " answer",
                      node.others_reached == node.others_asked ? ": it is that node's end, or what is between" : "");
}

Commands ChecksumCommands(const UnreachedNode& node, DropsDamaged dropper) {
  const std::string there = NodeOf(node.address), device = ShellWord(node.tunnel);
  const bool drops_there = dropper == DropsDamaged::kThere;
  const std::string drops = drops_there ? there : "", sends = drops_there ? "" : there;
  return {Look("nstat -asz UdpInCsumErrors Udp6InCsumErrors TcpInCsumErrors", drops),
          Look(absl::StrCat("ethtool -k ", device, " | grep tx-checksum"), sends),
          Change(absl::StrCat("ethtool -K ", device, " tx off"), sends)};
}

// What both kernels counted says more than how others do.
std::string EvidenceText(const UnreachedNode& node) {
  switch (WhoDropsDamaged(node.trial, node.trials)) {
    case DropsDamaged::kThere:
      return ". The packets arrive there with a wrong checksum, and its kernel drops them: this node's network card, "
             "or what is between, gets the checksums wrong";
    case DropsDamaged::kHere:
      return ". Its answers arrive here with a wrong checksum, and this kernel drops them: that node's network card, "
             "or what is between, gets the checksums wrong";
    case DropsDamaged::kNone:
      break;
  }
  const bool is_silent = node.trial && node.trials > 1 && node.trial->received_there == 0;
  return absl::StrCat(OthersText(node), is_silent ? ". Meanwhile its tunnel receives nothing at all: the packets are "
                                                    "lost on the way, or in front of it"
                                                  : "");
}

// "ethtool -K DEVICE tx off" lasts until the device is made anew; Felix' own switch for it is for VXLAN alone.
std::string ChecksumRemedy(const std::string& tunnel, DropsDamaged dropper) {
  return absl::StrCat(
      "Have the processor compute the checksums on ", dropper == DropsDamaged::kThere ? "this node" : "that node",
      ": ethtool -K ", tunnel, " tx off. Is it off already (ethtool -k ", tunnel,
      "), do so with the interface that has the node's address. So that it stays: of VXLAN, featureDetectOverride: "
      "ChecksumOffloadBroken=true in FelixConfiguration, for all nodes. Then see whether the network card has a newer "
      "driver.");
}

Finding FindingOf(const UnreachedNode& node) {
  const std::string end = node.tunnel_address->ToString();
  std::string detail = absl::StrCat("answers at its own address; through ", node.tunnel, ", at ", end, ", ",
                                    HowItFails(node), EvidenceText(node));
  if (node.disowns) absl::StrAppend(&detail, ". It says itself that its tunnels have other addresses than ", end);
  Finding finding{node.address, node.address.family, std::move(detail)};
  finding.related = {InterfaceName{node.tunnel}, *node.tunnel_address};
  if (const DropsDamaged dropper = WhoDropsDamaged(node.trial, node.trials); dropper != DropsDamaged::kNone) {
    finding.remedy = ChecksumRemedy(node.tunnel, dropper);
    finding.commands = ChecksumCommands(node, dropper);
  }
  if (!node.name.empty()) finding.who = absl::StrCat("Node ", node.name, " (", node.address.ToString(), ")");
  return finding;
}

Judgement Broken(const Evidence& evidence) {
  const absl::StatusOr<std::vector<UnreachedNode>>& unreached = evidence.before.unreached;
  if (!unreached.ok()) return unreached.status();
  std::vector<Finding> findings;
  for (const UnreachedNode& node : *unreached)
    if (node.path == ProbePath::kOverlay && node.result != ProbeResult::kSmallOnly && node.tunnel_address)
      findings.push_back(FindingOf(node));
  return findings;
}

std::string TunnelEndOf(const Finding& finding) {
  for (const Thing& thing : finding.related)
    if (const auto* address = std::get_if<IpAddress>(&thing)) return address->ToString();
  return "";
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  const auto& node = std::get<IpAddress>(finding.subject);
  const std::string tunnel = InterfaceOf(finding), end = TunnelEndOf(finding);
  const Link* link = LinkNamed(tunnel, evidence);
  Commands commands = {Look(absl::StrCat(Ip(node.family), " route get ", end)),
                       Look(absl::StrCat("ip -s link show ", ShellWord(tunnel)))};
  if (link != nullptr && link->kind == "vxlan") {
    commands.push_back(Look(absl::StrCat("ip neigh show ", end)));
    commands.push_back(Look(absl::StrCat("bridge fdb show dev ", ShellWord(tunnel), " dst ", node.ToString())));
  }
  commands.push_back(Look(absl::StrCat("ip -br addr show to ", end), NodeOf(node)));
  commands.push_back(Look("tcpdump -vvni any 'udp port 4789 or proto 4'", NodeOf(node)));
  commands.push_back(Look("nft list ruleset", NodeOf(node)));
  return commands;
}

const RegisterCheck registered(
    {
        .name = "node_overlay_broken",
        .severity = Severity::kCritical,
        .summary = "Another node answers at its own address, and what is sent to it through the tunnel is lost.",
        .impact =
            "No pod of this node reaches a pod of that node, nor the other way round; everything else between both "
            "nodes works, and they look healthy.",
        .meaning =
            "With --probe.nodes the agents ask each other, at the node's address and at the address that the "
            "tunnel has at the other end, which leads through the tunnel. Twice in a row the first answered and "
            "the second did not, or another node did. On the way something drops the tunnel's packets: a firewall "
            "or security group (IPIP is IP protocol 4, VXLAN UDP port 4789), a network card that gets their "
            "checksums wrong; or one of both ends sends to a node or a tunnel address that is not the other's. "
            "While the tunnel is tried, both kernels count what arrives and what they drop for a wrong checksum, which "
            "is told where it is the cause. "
            "Where a firewall of the other node may be stopping the question alone, nothing is said.",
        .remedy =
            "On that node, see whether the packets arrive: tcpdump -vvni any 'udp port 4789 or proto 4'. None: open "
            "it between both nodes. With bad checksums: ethtool -K vxlan.calico tx off on both. They arrive and "
            "are well: its rules (nft list ruleset, iptables-save) drop them, or its tunnel does not have that "
            "address (ip addr); then restart calico-node there.",
        .causes = {{"tunnel_device_missing"},
                   {"tunnel_device_down"},
                   {"tunnel_address_missing"},
                   {"vxlan_source_address_not_local"},
                   {"vxlan_source_interface_wrong"},
                   {"vxlan_mac_shared"},
                   {"vxlan_neighbor_incomplete"},
                   {"vxlan_fdb_incomplete"},
                   {"vxlan_route_missing"}},
        .says = "is not reached through the tunnel, and answers at its own address",
    },
    Broken, CommandsOf);

}  // namespace
}  // namespace caliwatch
