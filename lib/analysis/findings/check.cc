// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/check.h"

#include <algorithm>

namespace caliwatch {
namespace {

std::vector<Check>& Registry() {
  static std::vector<Check> checks;
  return checks;
}

}  // namespace

RegisterCheck::RegisterCheck(CheckInfo info, Run run, CommandsFor commands) {
  auto& checks = Registry();
  const auto behind =
      std::upper_bound(checks.begin(), checks.end(), info.name,
                       [](absl::string_view name, const Check& check) { return name < check.info.name; });
  checks.insert(behind, {std::move(info), std::move(run), commands});
}

const std::vector<Check>& AllChecks() { return Registry(); }

std::vector<const CheckInfo*> AllCheckInfos() {
  std::vector<const CheckInfo*> infos;
  for (const Check& check : AllChecks()) infos.push_back(&check.info);
  return infos;
}

Finding PeerFinding(const BgpPeer& peer, Family family, std::string detail, absl::string_view remedy) {
  const Thing subject = peer.address ? Thing(*peer.address) : Thing(ProtocolName{peer.name});
  return {subject, family, std::move(detail), std::string(remedy), {}, std::nullopt, {}, true, {}, {}};
}

Judgement Judged(std::vector<Finding> found, const absl::Status& unread) {
  if (found.empty() && !unread.ok()) return unread;
  return found;
}

}  // namespace caliwatch
