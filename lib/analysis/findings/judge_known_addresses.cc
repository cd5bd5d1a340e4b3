// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/judge_known_addresses.h"

#include <utility>

namespace caliwatch {

Judgement JudgeKnownAddresses(
    const Evidence& evidence,
    const std::function<std::optional<Finding>(const KnownAddress&, const std::vector<BgpPeer>&)>& finding_of) {
  std::vector<Finding> findings;
  absl::Status unread;
  unread.Update(ForEachBird(evidence, [&](const BirdEvidence& bird) {
    const auto known = FaultyAddress(evidence, bird);
    unread.Update(known.status());
    if (!known.ok() || !*known) return;
    if (std::optional<Finding> finding = finding_of(**known, *bird.now.peers)) findings.push_back(*std::move(finding));
  }));
  return Judged(std::move(findings), unread);
}

}  // namespace caliwatch
