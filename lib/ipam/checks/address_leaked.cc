// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <absl/strings/str_cat.h>

#include "lib/ipam/check.h"

namespace caliwatch {
namespace {

// Why nobody can say yet that the address, which no one is known to use, is leaked; OK: it is.
struct Reason {
  absl::Status status;
  bool passes = false;
};

Reason WhyNotSure(const IpamEvidence& evidence, const RecordRef& record) {
  const RecordAttributes& attributes = record.attributes();
  const ClusterPod* pod = evidence.PodCalled(attributes.owner.pod);
  if (pod != nullptr && !pod->IsOver() && pod->addresses.empty())
    return {absl::UnavailableError("its pod is there and has no address yet"), true};
  if (IsYoung(attributes.assigned, evidence.who_runs_read_at()))
    return {absl::UnavailableError("it was taken less than a minute before pods were read, or later"), true};
  const absl::string_view node = record.node();
  if (absl::Status unseen = evidence.SawAllOf(node); !unseen.ok()) return {unseen};
  const NodeReport* report = evidence.ReportOf(node);
  if (report != nullptr && IsYoung(attributes.assigned, report->read_at))
    return {absl::UnavailableError("it was taken less than a minute before its node was read, or later"), true};
  return {};
}

std::string Detail(const IpamEvidence& evidence, const RecordRef& record) {
  const RecordAttributes& attributes = record.attributes();
  std::string text = absl::StrCat("is recorded for ", OwnerText(record));
  if (const std::string since = AssignedText(record); !since.empty()) absl::StrAppend(&text, " ", since);
  const ClusterPod* pod = evidence.PodCalled(attributes.owner.pod);
  absl::string_view why = "; there is no such pod, and its node has no interface for it";
  if (pod != nullptr && pod->IsOver())
    why = "; that pod is over, and its node has no interface for it";
  else if (pod != nullptr)
    why = "; the pod of that name that runs now has another address";
  else if (!record.node().empty() && evidence.ReportOf(record.node()) == nullptr)
    why = "; that node is gone";
  absl::StrAppend(&text, why);
  if (!attributes.handle.empty()) absl::StrAppend(&text, "; handle ", attributes.handle);
  return text;
}

IpamJudgement LeakedAddresses(const IpamEvidence& evidence) {
  if (!RowsCount(evidence.Read(evidence.records.blocks))) return IpamJudgement(evidence.Read(evidence.records.blocks));
  if (absl::Status unread = evidence.WhoRuns(); !unread.ok()) return IpamJudgement(unread);
  IpamJudgement judgement;
  judgement.unread = evidence.Read(evidence.records.blocks);  // what was read of them is judged
  for (const auto& [address, record] : evidence.recorded.all()) {
    if (KindOf(record) != RecordKind::kWorkload || !evidence.IsUnused(address)) continue;
    if (const Reason reason = WhyNotSure(evidence, record); !reason.status.ok()) {
      judgement.Doubt(reason.status.message(), address.ToString(), reason.passes);
      continue;
    }
    judgement.Find({.subject = address.ToString(),
                    .detail = Detail(evidence, record),
                    .node = std::string(record.node()),
                    .related = {record.block->cidr.ToString(), absl::StrCat("node ", record.node())},
                    .version = absl::StrCat(record.attributes().handle, " ", record.record->sequence),
                    .address = address});
  }
  return judgement;
}

const RegisterIpamCheck registered(
    {
        .name = "ipam_address_leaked",
        .severity = Severity::kWarning,
        .summary = "An address is recorded as taken, and nobody has it.",
        .impact =
            "It is given to no other pod: a node whose blocks are full of such addresses takes another block, and "
            "in the end the pool is full.",
        .meaning =
            "Calico's CNI plugin gives an address back when a pod's network is taken down. Where that did not "
            "happen (a node was removed or died, a pod was deleted by force, the API was away) its record stays. "
            "An address counts as leaked when no pod, no endpoint and no service has it and its node, which was "
            "read, has no interface, route or neighbor entry for it, at two looks. Addresses of tunnels, of load "
            "balancers, of virtual machines and those reserved for Windows are none of these.",
        .remedy =
            "Release them by the report that `caliwatch ipam --report FILE` writes: calicoctl releases an address "
            "of it only if its record is still the same.",
        .time_to_hold = absl::Seconds(10),
        .causes = {{"ipam_affinity_of_gone_node"}, {"ipam_handle_reborn"}},
    },
    LeakedAddresses);

}  // namespace
}  // namespace caliwatch
