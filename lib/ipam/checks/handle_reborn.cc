// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/ipam/check.h"

namespace caliwatch {
namespace {

using ByHandle = std::vector<std::pair<absl::string_view, RecordRef>>;

ByHandle WorkloadsByHandle(const IpamEvidence& evidence) {
  ByHandle records;
  for (const auto& [_, record] : evidence.recorded.all())
    if (KindOf(record) == RecordKind::kWorkload && !record.attributes().handle.empty())
      records.emplace_back(record.attributes().handle, record);
  std::stable_sort(records.begin(), records.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return records;
}

// Handles are NETWORK.CONTAINER; what is longer than Calico's limit is hashed, and older ones name the pod.
bool IsOfOtherContainer(const RecordRef& record, const std::string& container) {
  const RecordAttributes& attributes = record.attributes();
  const std::string& handle = attributes.handle;
  const size_t dot = handle.find('.');
  if (container.empty() || dot == std::string::npos || absl::StrContains(handle, "._")) return false;
  std::string by_pod = attributes.owner.pod;
  std::replace(by_pod.begin(), by_pod.end(), '/', '.');
  return handle != by_pod && handle.substr(dot + 1) != container;
}

// The sandbox of the pod that has the address now and that the record names.
const std::string* ContainerNow(const IpamEvidence& evidence, const RecordRef& record, bool& young) {
  const IpAddress& address = record.record->address;
  const absl::Time read = evidence.records.blocks.read_at;
  const std::string& owner = record.attributes().owner.pod;
  for (const auto& [_, pod] : evidence.pods.At(address))
    if (pod->name == owner && !pod->deleting) return young = IsYoung(pod->created, read), &pod->container;
  for (const auto& [_, endpoint] : evidence.endpoints.At(address))
    if (endpoint->pod == owner) return young = IsYoung(endpoint->created, read), &endpoint->container;
  return nullptr;
}

void JudgeContainer(const IpamEvidence& evidence, const RecordRef& record, IpamJudgement& judgement) {
  bool young = false;
  const std::string* container = ContainerNow(evidence, record, young);
  if (container == nullptr || !IsOfOtherContainer(record, *container)) return;
  const RecordAttributes& attributes = record.attributes();
  if (young)
    return judgement.Doubt("its pod was made less than a minute before the records were read", attributes.handle, true);
  judgement.Find({.subject = attributes.handle,
                  .detail = absl::StrCat("is of an earlier sandbox of pod ", attributes.owner.pod, ", and holds ",
                                         record.record->address.ToString(),
                                         ", which the pod that runs now has: when the earlier one's deletion ends, the "
                                         "address is free for others"),
                  .commands = {DeletePod(attributes.owner.pod)},
                  .node = std::string(record.node()),
                  .related = {record.record->address.ToString()}});
}

void JudgeHandle(const IpamEvidence& evidence, ByHandle::const_iterator first, ByHandle::const_iterator last,
                 IpamJudgement& judgement) {
  std::vector<std::string> unused, used;
  for (auto one = first; one != last; ++one) {
    const IpAddress& address = one->second.record->address;
    (evidence.IsUnused(address) ? unused : used).push_back(address.ToString());
  }
  if (unused.empty() || used.empty()) return;
  judgement.Find({.subject = std::string(first->first),
                  .detail = absl::StrCat("holds ", absl::StrJoin(used, ", "), " of ", OwnerText(first->second),
                                         ", which runs, and ", absl::StrJoin(unused, ", "),
                                         " of an earlier one of that name: releasing the handle frees both"),
                  .node = std::string(first->second.node()),
                  .related = unused});
}

IpamJudgement Reborn(const IpamEvidence& evidence) {
  if (!RowsCount(evidence.Read(evidence.records.blocks))) return IpamJudgement(evidence.Read(evidence.records.blocks));
  if (absl::Status unread = evidence.WhoRuns(); !unread.ok()) return IpamJudgement(unread);
  IpamJudgement judgement;
  judgement.unread = evidence.Read(evidence.records.blocks);
  const ByHandle records = WorkloadsByHandle(evidence);
  for (auto first = records.begin(); first != records.end();) {
    auto last = first;
    while (last != records.end() && last->first == first->first) JudgeContainer(evidence, (last++)->second, judgement);
    JudgeHandle(evidence, first, last, judgement);
    first = last;
  }
  return judgement;
}

const RegisterIpamCheck registered(
    {
        .name = "ipam_handle_reborn",
        .severity = Severity::kWarning,
        .summary =
            "Releasing what an earlier pod left would free the address of the pod of the same name that runs now.",
        .impact =
            "When the earlier pod's deletion ends at last, or somebody releases by its handle, the address of the "
            "running pod is free for others while it is in use.",
        .meaning =
            "The names of a StatefulSet's pods come back. If the deletion of one hangs while the next of that name "
            "is made at the same node, both are behind one handle, or the living pod's address is behind the "
            "earlier one's. Calico releases all that a handle holds.",
        .remedy =
            "Do not release by the handle, and do not end the earlier deletion by force. Make the pod that runs anew "
            "(`kubectl delete pod`), so that it gets an address of its own; then release the single addresses that "
            "nobody has.",
    },
    Reborn);

}  // namespace
}  // namespace caliwatch
