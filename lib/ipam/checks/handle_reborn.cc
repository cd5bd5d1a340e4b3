// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

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

// Of one handle: addresses of the pod that runs now under the name that the records have, and of an earlier one.
struct Shared {
  const ClusterPod* pod = nullptr;  // null where nobody gave pods
  std::vector<std::string> living, left;
  std::set<std::string> nodes;       // that may give a living one, were it free
  std::set<std::string> left_nodes;  // that still have one of those left at an interface
};

bool IsLeft(const IpamEvidence& evidence, const ClusterPod* pod, const IpAddress& address) {
  if (pod == nullptr || pod->addresses.empty()) return evidence.IsUnused(address);
  return std::find(pod->addresses.begin(), pod->addresses.end(), address) == pod->addresses.end();
}

Shared SharedOf(const IpamEvidence& evidence, ByHandle::const_iterator first, ByHandle::const_iterator last) {
  Shared shared;
  shared.pod = evidence.PodCalled(first->second.attributes().owner.pod);
  for (auto one = first; one != last; ++one) {
    const IpAddress& address = one->second.record->address;
    if (!IsLeft(evidence, shared.pod, address)) {
      shared.living.push_back(address.ToString());
      shared.nodes.insert(std::string(one->second.node()));
      shared.nodes.insert(std::string(one->second.block->node()));
      continue;
    }
    shared.left.push_back(address.ToString());
    for (const auto& [_, sighting] : evidence.sightings.At(address))
      if (sighting.seen->IsUsed()) shared.left_nodes.insert(sighting.report->node);
  }
  shared.nodes.erase("");
  return shared;
}

// While a node still has the earlier pod, its end frees the living one's address, too, however long it takes. So it is
// brought about while no new pod can get that address, and the living one is made anew at once.
std::vector<std::string> Steps(const Shared& shared, const std::string& pod) {
  std::vector<std::string> steps;
  if (shared.left_nodes.empty()) return steps;
  const std::pair<std::string, std::string> name = absl::StrSplit(pod, absl::MaxSplits('/', 1));
  for (const std::string& node : shared.nodes) steps.push_back(absl::StrCat("kubectl cordon ", node));
  for (const std::string& node : shared.left_nodes)
    steps.push_back(absl::StrCat("crictl stopp $(crictl pods -q --namespace ", name.first, " --name '^", name.second,
                                 "$')  # at node ", node));
  steps.push_back(DeletePod(pod));
  for (const std::string& node : shared.nodes) steps.push_back(absl::StrCat("kubectl uncordon ", node));
  return steps;
}

void JudgeHandle(const IpamEvidence& evidence, ByHandle::const_iterator first, ByHandle::const_iterator last,
                 IpamJudgement& judgement) {
  if (std::distance(first, last) < 2) return;
  const Shared shared = SharedOf(evidence, first, last);
  if (shared.living.empty() || shared.left.empty()) return;
  const std::string& pod = first->second.attributes().owner.pod;
  std::string detail = absl::StrCat("holds ", absl::StrJoin(shared.living, ", "), " of pod ", pod, ", which runs, and ",
                                    absl::StrJoin(shared.left, ", "), " of an earlier one of that name");
  if (!shared.left_nodes.empty())
    absl::StrAppend(&detail, ", which node ", absl::StrJoin(shared.left_nodes, ", "), " still has: its end frees both");
  else
    absl::StrAppend(&detail, ": releasing the handle frees both");
  judgement.Find({.subject = std::string(first->first),
                  .detail = std::move(detail),
                  .commands = Steps(shared, pod),
                  .node = std::string(first->second.node()),
                  .related = shared.left});
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
            "Do not release by the handle. Where the earlier pod has left nothing but its record, release that single "
            "address. Where a node still has it: keep new pods off the nodes that could give the living pod's address, "
            "let the earlier one end there, make the pod that runs anew at once, and let new pods come again.",
    },
    Reborn);

}  // namespace
}  // namespace caliwatch
