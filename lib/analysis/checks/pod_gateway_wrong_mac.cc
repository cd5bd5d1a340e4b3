// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/workloads/pod_gateways.h"

namespace caliwatch {
namespace {

Judgement WrongMacs(const Snapshot& snapshot) {
  if (absl::Status missing = FirstError({snapshot.pods.status(), snapshot.links.status()}); !missing.ok())
    return missing;
  std::vector<Finding> findings;
  const auto* endpoints = snapshot.endpoints.ok() ? &*snapshot.endpoints : nullptr;
  const absl::StatusOr<std::vector<PodGateway>> gateways = GatewaysOf(*snapshot.pods, *snapshot.links, endpoints);
  if (!gateways.ok()) return gateways.status();
  for (const PodGateway& pod : *gateways) {
    if (pod.entry == nullptr || !pod.entry->IsUsable() || !pod.entry->mac || !pod.veth->mac) continue;
    if (*pod.entry->mac == *pod.veth->mac) continue;
    findings.push_back(
        {absl::StrCat(pod.pod, " ", ToString(pod.family)),
         absl::StrCat("sends what is for its gateway ", pod.gateway->ToString(), " to ", ToString(*pod.entry->mac),
                      ", but ", pod.veth->name, " has ", ToString(*pod.veth->mac)),
         "",
         {pod.veth->name, pod.pod}});
  }
  return findings;
}

const RegisterCheck registered({
    .name = "pod_gateway_wrong_mac",
    .severity = Severity::kCritical,
    .summary = "A pod sends to a hardware address that is not the node's end of its veth.",
    .impact = "The pod is cut off, because the node drops what it sends.",
    .meaning = "Somebody set a static ARP entry in the pod, or another one answered for the gateway, or the interface "
               "was made anew with another address. Judged only with --check.pods.",
    .remedy = "Delete the pod's entry (ip neigh del GATEWAY dev eth0, in its network namespace), or restart the pod.",
    .run = WrongMacs,
});

}  // namespace
}  // namespace caliwatch
