// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <string>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/ipam/check.h"

namespace caliwatch {
namespace {

struct Users {
  std::set<std::string> words;
  bool matches = false;  // one of them is whom the record names
  bool young = false;
};

// "default/web-1" at "n1"; an empty name is not known, and fits.
void AddUser(const RecordRef& record, const std::string& pod, const std::string& node, Users& users) {
  const RecordOwner& owner = record.attributes().owner;
  const auto fits = [](const std::string& a, absl::string_view b) { return a.empty() || b.empty() || a == b; };
  if (fits(pod, owner.pod) && fits(node, owner.node)) users.matches = true;
  users.words.insert(absl::StrCat(pod.empty() ? "an interface" : absl::StrCat("pod ", pod), " of node ", node));
}

Users UsersOf(const IpamEvidence& evidence, const RecordRef& record) {
  Users users;
  const IpAddress& address = record.record->address;
  for (const auto& [_, pod] : evidence.pods.At(address)) {
    if (!evidence.HasIt(*pod, address)) continue;
    AddUser(record, pod->name, pod->node, users);
    users.young |= IsYoung(pod->created, evidence.records.blocks.read_at);
  }
  if (evidence.EndpointsCount())
    for (const auto& [_, endpoint] : evidence.endpoints.At(address)) {
      AddUser(record, endpoint->pod, endpoint->node, users);
      users.young |= IsYoung(endpoint->created, evidence.records.blocks.read_at);
    }
  for (const auto& [_, sighting] : evidence.sightings.At(address))
    if (sighting.IsUsed()) AddUser(record, sighting.seen->pod, sighting.report->node, users);
  return users;
}

IpamJudgement OfAnother(const IpamEvidence& evidence) {
  if (!RowsCount(evidence.Read(evidence.records.blocks))) return IpamJudgement(evidence.Read(evidence.records.blocks));
  IpamJudgement judgement;
  judgement.unread = evidence.Read(evidence.records.blocks);
  for (const auto& [address, record] : evidence.recorded.all()) {
    if (KindOf(record) != RecordKind::kWorkload) continue;
    const Users users = UsersOf(evidence, record);
    if (users.words.empty() || users.matches) continue;
    if (users.young || IsYoung(record.attributes().assigned, evidence.who_runs_read_at())) {
      judgement.Doubt("it was taken less than a minute before pods were read, or later", address.ToString(), true);
      continue;
    }
    judgement.Find({.subject = address.ToString(),
                    .detail = absl::StrCat("is recorded for ", OwnerText(record), ", but ",
                                           absl::StrJoin(users.words, ", "), " has it"),
                    .node = std::string(record.node()),
                    .version = absl::StrCat(record.attributes().handle, " ", record.record->sequence)});
  }
  return judgement;
}

const RegisterIpamCheck registered(
    {
        .name = "ipam_record_of_another",
        .severity = Severity::kWarning,
        .summary = "An address is recorded for another pod or node than has it.",
        .impact =
            "When the pod that the record names is deleted, or its record released, the address is free for others "
            "while it is in use.",
        .meaning =
            "The pod that has the address and the one that IPAM gave it to differ: a record was made by hand, or "
            "the address was given while another pod had it.",
        .remedy =
            "Make the pod anew that has the address: `kubectl delete pod`. It gets an address and a record of its "
            "own. Do not release the record before.",
        .causes = {{"ipam_address_twice"}, {"ipam_pod_without_interface"}},
    },
    OfAnother);

}  // namespace
}  // namespace caliwatch
