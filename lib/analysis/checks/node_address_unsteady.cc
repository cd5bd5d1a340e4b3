// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/evidence/known_address.h"
#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

std::string DetailOf(const KnownAddress& known, size_t peers) {
  const AddressFault& fault = known.fault;
  switch (fault.problem) {
    case AddressProblem::kElsewhere:
      return absl::StrCat("BIRD speaks BGP as this address, which is on ", fault.interface,
                          ", but what leads to other nodes, ", fault.for_example->ToString(), " among them, is ",
                          fault.towards, ": what they send comes in by another interface than the answers leave by; ",
                          known.sessions_up, " of ", peers, " sessions are up");
    case AddressProblem::kSecond:
      return absl::StrCat("BIRD speaks BGP as this address, which is on ", fault.interface, " beside ",
                          fault.instead->address.ToString(),
                          " of the same network, as virtual addresses are (keepalived, kube-vip): when it moves to "
                          "another machine, the sessions and routes of this node end");
    case AddressProblem::kTemporary:
      return absl::StrCat("BIRD speaks BGP as this address, a temporary one of ", fault.interface,
                          " (privacy extensions): the kernel gives it up within days, and the sessions end with it");
    case AddressProblem::kNotSource:
      break;
  }
  return absl::StrCat(
      "Calico knows this node by this address, but the kernel sends what goes to other nodes, ",
      fault.for_example->ToString(), " among them, from ", fault.instead->address.ToString(), " on ", fault.interface,
      ": policies of the others do not know that, and if it moves to another machine, answers go there");
}

std::optional<Finding> UnsteadyAddress(const KnownAddress& known, const std::vector<BgpPeer>& peers) {
  // One that never worked is node_address_wrong. Routers may be reached by other interfaces than nodes are.
  if (known.fault.problem == AddressProblem::kElsewhere && !(known.has_worked && known.by_mesh)) return std::nullopt;
  if (known.fault.problem == AddressProblem::kNotSource && known.by_ipip) return std::nullopt;
  const bool not_source = known.fault.problem == AddressProblem::kNotSource;
  Finding finding{known.address, known.address.family, DetailOf(known, peers.size()),
                  not_source ? SourceRemedy(known.fault) : ""};
  finding.who = absl::StrCat("This node's address ", known.address.ToString());
  if (not_source) finding.commands = {Change(SourceLine(known.fault))};
  return finding;
}

Judgement AddressesUnsteady(const Evidence& evidence) {
  std::vector<Finding> findings;
  absl::Status unread =
      ForEachFaultyAddress(evidence, [&](const KnownAddress& known, const std::vector<BgpPeer>& peers) {
        if (std::optional<Finding> finding = UnsteadyAddress(known, peers)) findings.push_back(*std::move(finding));
      });
  return Judged(std::move(findings), unread);
}

Commands CommandsOf(const Finding&, const Evidence& evidence) {
  return {Look("ip -brief address"), Look(CalicoNode(evidence))};
}

const RegisterCheck registered(
    {
        .name = "node_address_unsteady",
        .severity = Severity::kWarning,
        .summary = "The address that Calico knows this node by may go away, or is not the one that the kernel uses.",
        .impact = "When the address moves or ends, all routes to and from this node's pods go with it.",
        .meaning = "Sessions are up, and may be for long. The address is a virtual one that came to an interface "
                   "beside the node's own, a temporary one of IPv6, or on another interface than the one that leads to "
                   "the other nodes (rp_filter then drops what comes in). Or the kernel's own packets to other nodes "
                   "have another source, since a virtual address brought a network with it.",
        .remedy =
            "Tell Calico to take the address that stays, and restart calico-node here: IP_AUTODETECTION_METHOD (for "
            "IPv6 IP6_AUTODETECTION_METHOD) = kubernetes-internal-ip, interface=NAME or cidr=NETWORK; with the "
            "operator spec.calicoNetwork.nodeAddressAutodetectionV4 and V6 of the Installation. For this node alone: "
            "spec.bgp of the Node resource (calicoctl get node NAME -o yaml). Sessions are up again within seconds.",
        .causes = {{"bgp_source_address_not_local", Tie::kSameFamily}},
        .says = "may go away, or is not the one that the kernel uses",
    },
    JudgeNode(AddressesUnsteady), CommandsOf);

}  // namespace
}  // namespace caliwatch
