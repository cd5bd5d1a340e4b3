// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <absl/strings/str_cat.h>

#include "lib/ipam/check.h"

namespace caliwatch {
namespace {

IpamJudgement WithoutPod(const IpamEvidence& evidence) {
  const ClusterRecords& records = evidence.records;
  if (!RowsCount(evidence.Read(records.endpoints))) return IpamJudgement(evidence.Read(records.endpoints));
  if (!evidence.Read(records.pods).ok()) return IpamJudgement(evidence.Read(records.pods));
  IpamJudgement judgement;
  judgement.unread = evidence.Read(records.endpoints);
  for (const auto& [key, endpoint] : records.endpoints.rows) {
    // Calico is used by others than Kubernetes, too.
    if (endpoint.pod.find('/') == std::string::npos || evidence.PodCalled(endpoint.pod) != nullptr) continue;
    if (IsYoung(endpoint.created, records.pods.read_at)) {
      judgement.Doubt("it was made less than a minute before pods were read, or later", key, true);
      continue;
    }
    IpamFinding finding{
        .subject = key,
        .detail = absl::StrCat("is of pod ", endpoint.pod, " of node ", endpoint.node, ", and there is no such pod"),
        .node = endpoint.node};
    for (const IpAddress& address : endpoint.addresses) finding.related.push_back(address.ToString());
    judgement.Find(std::move(finding));
  }
  return judgement;
}

const RegisterIpamCheck registered(
    {
        .name = "ipam_endpoint_without_pod",
        .severity = Severity::kWarning,
        .summary = "Calico has an endpoint of a pod that is gone.",
        .impact =
            "Felix keeps routes and rules for it, and its address is given to nobody; if it is, traffic may go to the "
            "wrong interface.",
        .meaning =
            "With an etcd of its own, Calico's endpoints are objects apart from the pods. A pod whose network was "
            "never taken down leaves its endpoint, as an upgrade may.",
        .remedy =
            "See that the node has no interface for it (`caliwatch ipam ADDRESS`). Then: calicoctl delete "
            "workloadendpoint NAME -n NAMESPACE; calico-kube-controllers does so itself where it runs. The address "
            "counts as leaked after that, and can be released.",
    },
    WithoutPod);

}  // namespace
}  // namespace caliwatch
