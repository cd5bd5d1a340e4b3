// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <absl/strings/str_cat.h>

#include "lib/ipam/check.h"

namespace caliwatch {
namespace {

// The API knows somebody who may have the address, or is about to.
bool IsExpected(const IpamEvidence& evidence, const IpAddress& address, const Sighting& sighting) {
  if (!evidence.pods.At(address).empty()) return true;
  const ClusterPod* pod = evidence.PodCalled(sighting.seen->pod);
  if (pod != nullptr) return pod->IsOver() || pod->deleting || pod->addresses.empty();
  return absl::IsNotFound(evidence.records.pods.complete) && !evidence.endpoints.At(address).empty();
}

IpamJudgement WithoutPod(const IpamEvidence& evidence) {
  if (!RowsCount(evidence.Read(evidence.records.reports)))
    return IpamJudgement(evidence.Read(evidence.records.reports));
  if (absl::Status unread = evidence.WhoRuns(); !unread.ok()) return IpamJudgement(unread);
  IpamJudgement judgement;
  for (const auto& [address, sighting] : evidence.sightings.all()) {
    const auto records = evidence.recorded.At(address);
    if (!sighting.IsUsed() || records.empty() || IsExpected(evidence, address, sighting)) continue;
    if (evidence.who_runs_read_at() < sighting.report->read_at - kYoung ||
        IsYoung(records.front().second.attributes().assigned, evidence.who_runs_read_at())) {
      judgement.Doubt("pods were read a minute before its node, or more", address.ToString(), true);
      continue;
    }
    judgement.Find(
        {.subject = absl::StrCat(address.ToString(), " at ", sighting.report->node, " ", sighting.seen->interface),
         .detail = absl::StrCat(SightingText(sighting), " still has the address, which is recorded for ",
                                OwnerText(records.front().second), "; no pod has it"),
         .node = sighting.report->node,
         .related = {address.ToString()}});
  }
  return judgement;
}

const RegisterIpamCheck registered(
    {
        .name = "ipam_interface_without_pod",
        .severity = Severity::kWarning,
        .summary = "A node keeps an interface and an address of a pod that is gone.",
        .impact = "The address is in use for nobody, and the pod's processes may still run.",
        .meaning =
            "The pod was deleted by force, or its node lost it: kubelet has not taken the network down, and IPAM "
            "still has the record. As long as the node has the interface, the address must not be released.",
        .remedy = "At that node see whether the sandbox still runs (crictl pods) and let kubelet end it, or end it "
                  "(crictl stopp ID; crictl rmp ID): that gives the address back.",
        .causes = {{"ipam_handle_reborn"}, {"ipam_record_of_another"}, {"ipam_address_twice"}},
    },
    WithoutPod);

}  // namespace
}  // namespace caliwatch
