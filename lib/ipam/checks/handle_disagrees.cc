// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <string>
#include <utility>

#include <absl/container/flat_hash_map.h>
#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include "lib/ipam/check.h"

namespace caliwatch {
namespace {

// How many addresses each handle has by the blocks.
using Counts = absl::flat_hash_map<std::pair<std::string, Prefix>, int64_t>;

// Objects of the API are named in small letters; the handle they hold is not.
std::string Small(absl::string_view handle) { return absl::AsciiStrToLower(handle); }

Counts CountRecords(const IpamEvidence& evidence) {
  Counts counts;
  for (const auto& [address, record] : evidence.recorded.all())
    if (const std::string& handle = record.attributes().handle; !handle.empty() && !record.attributes().released)
      ++counts[{Small(handle), record.block->cidr}];
  return counts;
}

void JudgeHandles(const IpamEvidence& evidence, const Counts& counts, IpamJudgement& judgement) {
  for (const auto& [key, handle] : evidence.records.handles.rows) {
    int64_t told = 0, found = 0;
    for (const auto& [block, addresses] : handle.blocks) {
      const auto at = counts.find({Small(handle.id), block});
      told += addresses;
      found += at == counts.end() ? 0 : at->second;
    }
    if (told == found || handle.deleted) continue;
    judgement.Find({.subject = handle.id,
                    .detail = absl::StrCat("counts ", told, " addresses, and the blocks have ", found, " for it"),
                    .related = {},
                    .version = handle.revision});
  }
}

void JudgeRecords(const IpamEvidence& evidence, IpamJudgement& judgement) {
  absl::flat_hash_set<std::string> handles;
  for (const auto& [key, handle] : evidence.records.handles.rows) handles.insert(Small(handle.id));
  for (const auto& [address, record] : evidence.recorded.all()) {
    const RecordAttributes& attributes = record.attributes();
    if (attributes.handle.empty() || KindOf(record) == RecordKind::kReserved || attributes.released) continue;
    if (handles.contains(Small(attributes.handle))) continue;
    if (IsYoung(attributes.assigned, evidence.records.handles.read_at)) {
      judgement.Doubt("it was taken less than a minute before handles were read, or later", address.ToString(), true);
      continue;
    }
    judgement.Find({.subject = address.ToString(),
                    .detail = absl::StrCat("is recorded for ", OwnerText(record), " behind handle ", attributes.handle,
                                           ", which does not exist: nothing gives the address back when its pod goes"),
                    .node = std::string(record.node())});
  }
}

IpamJudgement Disagree(const IpamEvidence& evidence) {
  const ClusterRecords& records = evidence.records;
  if (!evidence.Read(records.blocks).ok()) return IpamJudgement(evidence.Read(records.blocks));
  if (!evidence.Read(records.handles).ok()) return IpamJudgement(evidence.Read(records.handles));
  IpamJudgement judgement;
  JudgeHandles(evidence, CountRecords(evidence), judgement);
  JudgeRecords(evidence, judgement);
  return judgement;
}

const RegisterIpamCheck registered(
    {
        .name = "ipam_handle_disagrees",
        .severity = Severity::kWarning,
        .summary = "What an owner's handle counts and what the blocks record for it differ.",
        .impact = "Without its handle an address is not given back when its pod goes: it will leak. A handle without "
                  "addresses breaks nothing.",
        .meaning = "Calico writes an address into its block and counts it in its owner's handle, one after the other. "
                   "Where only one was done or undone, its author died in between, or records were changed by hand.",
        .remedy = "A handle without addresses is deleted by the report of `caliwatch ipam --report FILE`. An address "
                  "without handle: nothing now; when its pod is gone it will be found as leaked, and can be released.",
        .causes = {{"ipam_running_without_record"}},
    },
    Disagree);

}  // namespace
}  // namespace caliwatch
