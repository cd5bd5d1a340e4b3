// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <string>

#include <absl/strings/str_cat.h>

#include "lib/ipam/check.h"

namespace caliwatch {
namespace {

bool HasAtNode(const IpamEvidence& evidence, const IpAddress& address, absl::string_view node) {
  const auto seen = evidence.sightings.At(address);
  return std::any_of(seen.begin(), seen.end(),
                     [&](const auto& one) { return one.second.report->node == node && one.second.IsUsed(); });
}

void Judge(const IpamEvidence& evidence, const IpAddress& address, const std::string& pod, const std::string& node,
           const std::optional<absl::Time>& created, IpamJudgement& judgement) {
  const NodeReport* report = evidence.ReportOf(node);
  if (report == nullptr || evidence.recorded.At(address).empty() || !evidence.SawAllOf(node).ok()) return;
  if (HasAtNode(evidence, address, node)) return;
  if (IsYoung(created, report->read_at))
    return judgement.Doubt("it was made less than a minute before its node was read, or later", pod, true);
  judgement.Find({.subject = absl::StrCat(pod, " ", address.ToString()),
                  .detail = absl::StrCat("runs at node ", node, ", which has no interface with a route for it"),
                  .node = node,
                  .related = {address.ToString()}});
}

IpamJudgement WithoutInterface(const IpamEvidence& evidence) {
  if (!RowsCount(evidence.Read(evidence.records.reports)))
    return IpamJudgement(evidence.Read(evidence.records.reports));
  IpamJudgement judgement;
  judgement.unread = evidence.UsersRead();
  for (const auto& [address, pod] : evidence.pods.all())
    if (pod->phase == "Running" && !pod->deleting && evidence.HasIt(*pod, address))
      Judge(evidence, address, pod->name, pod->node, pod->created, judgement);
  if (evidence.EndpointsCount())
    for (const auto& [address, endpoint] : evidence.endpoints.all())
      Judge(evidence, address, endpoint->pod, endpoint->node, endpoint->created, judgement);
  return judgement;
}

const RegisterIpamCheck registered(
    {
        .name = "ipam_pod_without_interface",
        .severity = Severity::kCritical,
        .summary = "A pod runs and has its address, and its node has no way to it.",
        .impact = "Nothing reaches the pod at this address.",
        .meaning =
            "The pod's interface or its route was taken away at the node, while Kubernetes and IPAM still have the "
            "pod: an earlier deletion of a pod of that name came to its end late, for example.",
        .remedy =
            "`caliwatch check` at that node says what is missing. Making the pod anew (kubectl delete pod) gives it an "
            "interface again; where ipam_handle_reborn names the pod, too, in the order of steps that it has.",
        // Not ipam_handle_reborn: that is a danger, and this has happened. Who is paged for the one must be for this.
    },
    WithoutInterface);

}  // namespace
}  // namespace caliwatch
