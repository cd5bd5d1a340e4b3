// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

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

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  const auto& gateways = std::get<absl::StatusOr<PodGateways>>(evidence.derived);
  const auto* subject = std::get_if<PodName>(&finding.subject);
  if (!gateways.ok() || subject == nullptr) return {};
  for (const PodGateway& pod : *gateways) {
    if (pod.pod != subject->name || pod.family != finding.family || !pod.gateway) continue;
    const std::string line = InPodBehind(
        pod.veth->name,
        absl::StrCat("ip neigh del ", pod.gateway->ToString(), " dev ", EndInPod(pod.veth->name, evidence)), evidence);
    if (!line.empty()) return {Change(line)};
  }
  return {};
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
        .says = "is cut off: it sends to a wrong hardware address",
    },
    JudgeNode(WrongMacs), CommandsOf);

}  // namespace
}  // namespace caliwatch
