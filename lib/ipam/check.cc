// SPDX-License-Identifier: Apache-2.0
#include "lib/ipam/check.h"

#include <algorithm>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

namespace caliwatch {
namespace {

std::vector<IpamCheck>& Registry() {
  static std::vector<IpamCheck> checks;
  return checks;
}

}  // namespace

RegisterIpamCheck::RegisterIpamCheck(CheckInfo info, IpamJudgement (*run)(const IpamEvidence&)) {
  std::vector<IpamCheck>& checks = Registry();
  checks.push_back({std::move(info), run});
  std::sort(checks.begin(), checks.end(),
            [](const IpamCheck& a, const IpamCheck& b) { return a.info.name < b.info.name; });
}

const std::vector<IpamCheck>& AllIpamChecks() { return Registry(); }

std::string OwnerText(const RecordRef& record) {
  const RecordOwner& owner = record.attributes().owner;
  const std::string& name = owner.pod.empty() ? owner.service : owner.pod;
  const absl::string_view node = record.node();
  std::string text = name.empty() ? "somebody" : name;
  if (!node.empty()) absl::StrAppend(&text, " of node ", node);
  return text;
}

std::string AssignedText(const RecordRef& record) {
  const std::optional<absl::Time>& assigned = record.attributes().assigned;
  return assigned ? absl::FormatTime("since %Y-%m-%d %H:%M:%S UTC", *assigned, absl::UTCTimeZone()) : "";
}

std::string SightingText(const Sighting& sighting) {
  const NodeAddress& seen = *sighting.seen;
  return absl::StrCat(seen.pod.empty() ? "" : absl::StrCat("pod ", seen.pod, " at "), seen.interface, " of node ",
                      sighting.report->node);
}

std::string DeletePod(absl::string_view pod) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(pod, absl::MaxSplits('/', 1));
  return absl::StrCat("kubectl delete pod ", parts.second, " -n ", parts.first);
}

}  // namespace caliwatch
