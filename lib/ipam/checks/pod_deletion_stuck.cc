// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <absl/strings/str_cat.h>

#include "lib/ipam/check.h"

namespace caliwatch {
namespace {

constexpr absl::Duration kLong = absl::Minutes(5);

// Whether IPAM or a node still has something of it.
bool HoldsAddress(const IpamEvidence& evidence, const ClusterPod& pod) {
  for (const IpAddress& address : pod.addresses) {
    for (const auto& [_, record] : evidence.recorded.At(address))
      if (record.attributes().owner.pod == pod.name) return true;
    for (const auto& [_, sighting] : evidence.sightings.At(address))
      if (sighting.seen->pod == pod.name && sighting.IsUsed()) return true;
  }
  return false;
}

IpamJudgement Stuck(const IpamEvidence& evidence) {
  const auto& pods = evidence.records.pods;
  if (!RowsCount(evidence.Read(pods))) return IpamJudgement(evidence.Read(pods));
  IpamJudgement judgement;
  judgement.unread = evidence.Read(pods);
  for (const auto& [name, pod] : pods.rows) {
    if (!pod.deleting || pod.host_network || pods.read_at < *pod.deleting + kLong || !HoldsAddress(evidence, pod))
      continue;
    IpamFinding finding{
        .subject = name,
        .detail = absl::StrCat("of node ", pod.node, " should be gone since ",
                               absl::FormatTime("%Y-%m-%d %H:%M UTC", *pod.deleting, absl::UTCTimeZone()),
                               ", and still holds its address"),
        .node = pod.node,
        .version = pod.uid};
    for (const IpAddress& address : pod.addresses) finding.related.push_back(address.ToString());
    judgement.Find(std::move(finding));
  }
  return judgement;
}

const RegisterIpamCheck registered(
    {
        .name = "ipam_pod_deletion_stuck",
        .severity = Severity::kWarning,
        .summary = "A pod's deletion does not end, and its address is not given back.",
        .impact =
            "Its address is in use for nobody. If it is deleted by force, the record stays and the address leaks; if "
            "a pod of the same name is made at that node, the two share what the old one's end takes away.",
        .meaning =
            "Kubelet takes a pod's network down before the pod goes, and repeats that until Calico's CNI plugin "
            "succeeds. It does not where the node is off, a volume hangs, or the plugin cannot reach its datastore.",
        .remedy =
            "See kubelet's log and /var/log/calico/cni/cni.log of that node. If the node is off for good, remove it "
            "(kubectl delete node). Do not delete the pod by force (--grace-period=0) while the node runs.",
    },
    Stuck);

}  // namespace
}  // namespace caliwatch
