// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/strings/str_cat.h>

#include "lib/analysis/evidence/known_address.h"
#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

std::string OnAnotherInterface(const AddressFault& fault, size_t peers) {
  return absl::StrCat("BIRD speaks BGP as this address, which is on ", fault.interface,
                      ", but what leads to other nodes, ", fault.for_example->ToString(), " among them, is ",
                      fault.towards, ": they cannot reach it there; 0 of ", peers, " sessions are up");
}

std::string NotTheTunnelsSource(const AddressFault& fault) {
  return absl::StrCat(
      "the kernel sends what goes to other nodes, ", fault.for_example->ToString(), " among them, from ",
      fault.instead->address.ToString(), " on ", fault.interface,
      ", the packets of tunl0 as well: Felix there takes such packets from nodes' addresses alone, and drops them");
}

std::optional<Finding> WrongAddress(const KnownAddress& known, const std::vector<BgpPeer>& peers) {
  const bool elsewhere = known.fault.problem == AddressProblem::kElsewhere && !known.has_worked;
  const bool tunnel = known.fault.problem == AddressProblem::kNotSource && known.by_ipip;
  if (!elsewhere && !tunnel) return std::nullopt;
  Finding finding{known.address, known.address.family,
                  elsewhere ? OnAnotherInterface(known.fault, peers.size()) : NotTheTunnelsSource(known.fault),
                  tunnel ? SourceRemedy(known.fault) : ""};
  for (const BgpPeer& peer : peers)
    if (!peer.IsUp() && peer.address) finding.related.emplace_back(*peer.address);
  finding.is_peer = true;  // to all others
  finding.who = absl::StrCat("This node's address ", known.address.ToString());
  if (tunnel) finding.commands = {Change(SourceLine(known.fault))};
  return finding;
}

Judgement AddressesWrong(const Evidence& evidence) {
  std::vector<Finding> findings;
  absl::Status unread =
      ForEachFaultyAddress(evidence, [&](const KnownAddress& known, const std::vector<BgpPeer>& peers) {
        if (std::optional<Finding> finding = WrongAddress(known, peers)) findings.push_back(*std::move(finding));
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
        .remedy = "Tell Calico which address to take, and restart calico-node here: IP_AUTODETECTION_METHOD (for IPv6 "
                  "IP6_AUTODETECTION_METHOD) = kubernetes-internal-ip, interface=NAME or cidr=NETWORK; with the "
                  "operator spec.calicoNetwork.nodeAddressAutodetectionV4 and V6 of the Installation. For this node "
                  "alone: spec.bgp of the Node resource (calicoctl get node NAME -o yaml).",
        .causes = {{"bgp_source_address_not_local", Tie::kSameFamily}},
        .says = "is not the one that other nodes can speak with",
    },
    JudgeNode(AddressesWrong), CommandsOf);

}  // namespace
}  // namespace caliwatch
