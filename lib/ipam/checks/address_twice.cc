// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/ipam/check.h"

namespace caliwatch {
namespace {

// Who has the address: by pod where it has a name, else by interface.
using Users = std::map<std::string, std::string>;  // what identifies them, in words

bool IsOneMachine(const IpamEvidence& evidence, const IpAddress& address) {
  for (const auto& [_, record] : evidence.recorded.At(address))
    if (KindOf(record) == RecordKind::kVirtualMachine) return true;
  const auto pods = evidence.pods.At(address);
  return !pods.empty() && !pods.front().second->virtual_machine.empty() &&
         std::all_of(pods.begin(), pods.end(), [&](const auto& entry) {
           return entry.second->virtual_machine == pods.front().second->virtual_machine;
         });
}

Users UsersOf(const IpamEvidence& evidence, const IpAddress& address) {
  Users users;
  for (const auto& [_, pod] : evidence.pods.At(address))
    if (evidence.HasIt(*pod, address)) users[pod->name] = absl::StrCat("pod ", pod->name, " of node ", pod->node);
  if (evidence.EndpointsCount())
    for (const auto& [_, endpoint] : evidence.endpoints.At(address))
      users[endpoint->pod] = absl::StrCat("pod ", endpoint->pod, " of node ", endpoint->node);
  for (const auto& [_, sighting] : evidence.sightings.At(address)) {
    if (!sighting.IsUsed()) continue;
    const std::string& pod = sighting.seen->pod;
    if (!pod.empty())
      users[pod] = SightingText(sighting);
    else
      users[absl::StrCat(sighting.report->node, " ", sighting.seen->interface)] = SightingText(sighting);
  }
  return users;
}

// Whom the record names keeps the address; the others are to be made anew.
std::vector<std::string> Commands(const Users& users, const std::string& recorded) {
  std::vector<std::string> commands;
  if (users.count(recorded) == 0) return commands;
  for (const auto& [name, words] : users)
    if (name != recorded && name.find('/') != std::string::npos) commands.push_back(DeletePod(name));
  return commands;
}

void JudgeAddress(const IpamEvidence& evidence, const IpAddress& address, IpamJudgement& judgement) {
  const Users users = UsersOf(evidence, address);
  std::set<std::string> places;
  for (const auto& [_, sighting] : evidence.sightings.At(address))
    if (sighting.IsUsed()) places.insert(SightingText(sighting));
  // An interface without a name may be that of the pod that the API names.
  const size_t named = static_cast<size_t>(std::count_if(
      users.begin(), users.end(), [](const auto& user) { return user.first.find('/') != std::string::npos; }));
  if (std::max(named, places.size()) < 2 || IsOneMachine(evidence, address)) return;
  const auto records = evidence.recorded.At(address);
  const std::string recorded = records.empty() ? "" : records.front().second.attributes().owner.pod;
  const std::string words = absl::StrJoin(users, ", ", [](std::string* out, const auto& user) { *out += user.second; });
  judgement.Find({.subject = address.ToString(),
                  .detail = absl::StrCat(
                      words, users.size() > 1 ? " have it; " : " has it more than once; ",
                      recorded.empty() ? "no record names one of them" : absl::StrCat("the record names ", recorded)),
                  .commands = Commands(users, recorded),
                  .node = places.empty() ? "" : (*evidence.sightings.At(address).begin()).second.report->node});
}

IpamJudgement Twice(const IpamEvidence& evidence) {
  if (absl::IsNotFound(evidence.WhoRuns()) && !RowsCount(evidence.Read(evidence.records.reports)))
    return IpamJudgement(evidence.WhoRuns());
  IpamJudgement judgement;
  judgement.unread = evidence.UsersRead();
  std::set<IpAddress> several;
  const auto collect = [&](const auto& entries) {
    for (size_t i = 1; i < entries.size(); ++i)
      if (entries[i].first == entries[i - 1].first) several.insert(entries[i].first);
  };
  collect(evidence.pods.all());
  collect(evidence.endpoints.all());
  collect(evidence.sightings.all());
  // One of each kind, and they may differ.
  for (const auto& [address, sighting] : evidence.sightings.all())
    if (sighting.IsUsed() && !sighting.seen->pod.empty())
      for (const auto& [_, pod] : evidence.pods.At(address))
        if (pod->name != sighting.seen->pod) several.insert(address);
  for (const IpAddress& address : several)
    if (evidence.IsOfIpam(address)) JudgeAddress(evidence, address, judgement);
  return judgement;
}

const RegisterIpamCheck registered(
    {
        .name = "ipam_address_twice",
        .severity = Severity::kCritical,
        .summary = "Two pods have one address.",
        .impact =
            "Traffic to the address reaches one of them; the other is cut off, and answers come from the wrong pod.",
        .meaning =
            "IPAM gave an address that was in use, because its record was missing or had been released. Judged by "
            "pods, endpoints and what all nodes' kernels have, so that pods of two nodes are found, too. The two "
            "pods of a virtual machine that migrates are one.",
        .remedy =
            "Make the pod anew that has no record: `kubectl delete pod`, not that which the record names. Then look "
            "for others that run without a record.",
        .causes = {{"ipam_running_without_record"}},
    },
    Twice);

}  // namespace
}  // namespace caliwatch
