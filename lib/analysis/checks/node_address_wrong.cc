// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/strings/str_cat.h>

#include "lib/analysis/evidence/known_address.h"
#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

std::string OnAnotherInterface(const AddressFault& fault, size_t peers) {
  return absl::StrCat(
      "BIRD speaks BGP as this address, which is on ", fault.interface, ", but what leads to other nodes, ",
      fault.for_example->ToString(), " among them, is ", fault.towards, ": they cannot reach it there; 0 of ", peers,
      " sessions are up",
      fault.instead ? absl::StrCat(". The address of ", fault.towards, " is ", fault.instead->address.ToString()) : "");
}

std::string PatchLine(const Address& right, const Evidence& evidence) {
  return absl::StrCat("calicoctl patch node ", NodeWord(evidence), " -p '{\"spec\":{\"bgp\":{\"",
                      right.address.family == Family::kIpv4 ? "ipv4" : "ipv6", "Address\":\"", right.address.ToString(),
                      "/", right.prefix_length, "\"}}}'");
}

// Where calico-node finds addresses by itself, it looks anew every minute and whenever it starts, and writes what it
// finds over what is there (MonitorIPAddressSubnets in node/pkg/lifecycle/startup/startup.go of Calico).
std::string ElsewhereRemedy(const AddressFault& fault) {
  const bool is_ipv4 = fault.instead->address.family == Family::kIpv4;
  const absl::string_view variable = is_ipv4 ? "IP" : "IP6";
  return absl::StrCat(
      "1. If other nodes are to know this one by ", fault.instead->address.ToString(),
      ", patch the Node resource: "
      "that changes this node alone, and its sessions come up within seconds. 2. See whether it lasts: where "
      "calico-node has ",
      variable,
      " = autodetect in its environment, it overwrites that within a minute. Then what it "
      "detects by must change. That is one setting of all nodes, and restarts calico-node on each, one after another; "
      "kubectl get nodes -o wide has to show the right INTERNAL-IP of each. Installed by a manifest (calico-node is in "
      "kube-system): kubectl set env -n kube-system ds/calico-node ",
      variable,
      "_AUTODETECTION_METHOD=kubernetes-internal-ip. By the operator (in calico-system): "
      "spec.calicoNetwork.nodeAddressAutodetectionV",
      is_ipv4 ? "4" : "6",
      " of the Installation named default = kubernetes: NodeInternalIP, in place of the method that is there "
      "(kubectl edit installation default).");
}

std::string NotTheTunnelsSource(const AddressFault& fault) {
  return absl::StrCat(
      "the kernel sends what goes to other nodes, ", fault.for_example->ToString(), " among them, from ",
      fault.instead->address.ToString(), " on ", fault.interface,
      ", the packets of tunl0 as well: Felix there takes such packets from nodes' addresses alone, and drops them");
}

std::optional<Finding> WrongAddress(const KnownAddress& known, const std::vector<BgpPeer>& peers,
                                    const Evidence& evidence) {
  const bool elsewhere = known.fault.problem == AddressProblem::kElsewhere && !known.has_worked;
  const bool tunnel = known.fault.problem == AddressProblem::kNotSource && known.by_ipip;
  if (!elsewhere && !tunnel) return std::nullopt;
  Finding finding{known.address, known.address.family,
                  elsewhere ? OnAnotherInterface(known.fault, peers.size()) : NotTheTunnelsSource(known.fault),
                  tunnel ? SourceRemedy(known.fault) : ""};
  for (const BgpPeer& peer : peers)
    if (!peer.IsUp() && peer.address) finding.related.emplace_back(*peer.address);
  finding.is_peer = true;  // to all others
  const absl::string_view family = known.address.family == Family::kIpv4 ? "IPv4" : "IPv6";
  finding.who = absl::StrCat("This node's ", family, " address ", known.address.ToString());
  finding.impact = absl::StrCat("Over ", family, ", pods of this node and of others do not reach each other.");
  if (tunnel) finding.commands = {Change(SourceLine(known.fault))};
  if (elsewhere && known.fault.instead) {
    finding.remedy = ElsewhereRemedy(known.fault);
    finding.commands = {Look("ip -brief address"), Look(CalicoNode(evidence)),
                        Change(PatchLine(*known.fault.instead, evidence)),
                        Look(absl::StrCat(DescribeCalicoNode(evidence), " | grep -E ' IP6?:|AUTODETECTION'"))};
  }
  return finding;
}

Judgement AddressesWrong(const Evidence& evidence) {
  std::vector<Finding> findings;
  absl::Status unread =
      ForEachFaultyAddress(evidence, [&](const KnownAddress& known, const std::vector<BgpPeer>& peers) {
        if (std::optional<Finding> finding = WrongAddress(known, peers, evidence))
          findings.push_back(*std::move(finding));
      });
  return Judged(std::move(findings), unread);
}

Commands CommandsOf(const Finding&, const Evidence& evidence) {
  return {Look("ip -brief address"), Look(CalicoNode(evidence))};
}

const RegisterCheck registered(
    {
        .name = "node_address_wrong",
        .severity = Severity::kCritical,
        .summary = "The address that Calico knows this node by is not the one that other nodes can speak with.",
        .impact = "Pods of this node and of others do not reach each other.",
        .meaning =
            "Calico finds the node's address when calico-node starts: as a rule the first one of the first interface "
            "that is not known to be docker's, a bridge or a pod's. It may be one of an interface that leads elsewhere "
            "(a second network, docker0 where it was set by hand), so that no session was ever up. Or the interface "
            "has another address as well, a virtual one whose network covers the other nodes: then the kernel takes "
            "that as the source, also of IPIP's packets, which the others drop. Judged for the address that BIRD "
            "speaks from; one that is on no interface is bgp_source_address_not_local.",
        .remedy = "Tell Calico which address to take: IP_AUTODETECTION_METHOD (for IPv6 IP6_AUTODETECTION_METHOD) = "
                  "kubernetes-internal-ip, interface=NAME or cidr=NETWORK in the environment of the DaemonSet "
                  "calico-node; with the operator spec.calicoNetwork.nodeAddressAutodetectionV4 and V6 of the "
                  "Installation. Either restarts calico-node on each node, one after another. For this node alone: "
                  "spec.bgp of the Node resource (calicoctl get node NAME -o yaml), which lasts only where IP (IP6) is "
                  "not autodetect.",
        .causes = {{"bgp_source_address_not_local", Tie::kSameFamily}},
        .says = "is not the one that other nodes can speak with",
    },
    JudgeNode(AddressesWrong), CommandsOf);

}  // namespace
}  // namespace caliwatch
