// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"

namespace caliwatch {
namespace {

std::vector<Finding> WrongMacs(const PodGateways& gateways) {
  std::vector<Finding> findings;
  for (const PodGateway& pod : gateways) {
    if (pod.entry == nullptr || !pod.entry->IsUsable() || !pod.entry->mac || !pod.veth->mac) continue;
    if (*pod.entry->mac == *pod.veth->mac) continue;
    findings.push_back(
        {PodName{pod.pod},
         pod.family,
         absl::StrCat("sends what is for its gateway ", pod.gateway->ToString(), " to ", ToString(*pod.entry->mac),
                      ", but ", pod.veth->name, " has ", ToString(*pod.veth->mac)),
         "",
         {InterfaceName{pod.veth->name}, PodName{pod.pod}}});
  }
  return findings;
}

const RegisterCheck registered(
    {
        .name = "pod_gateway_wrong_mac",
        .severity = Severity::kCritical,
        .summary = "A pod sends to a hardware address that is not the node's end of its veth.",
        .impact = "The pod is cut off, because the node drops what it sends.",
        .meaning = "Somebody set a static ARP entry in the pod, or another one answered for the gateway, or the "
                   "interface was made anew with another address. Judged only with --check.pods.",
        .remedy =
            "Delete the pod's entry (ip neigh del GATEWAY dev eth0, in its network namespace), or restart the pod.",
    },
    JudgeNode(WrongMacs));

}  // namespace
}  // namespace caliwatch
