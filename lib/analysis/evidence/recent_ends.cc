// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/recent_ends.h"

#include <algorithm>

namespace caliwatch {
namespace {

constexpr size_t kRepeated = 3, kMost = 100;
constexpr absl::Duration kWindow = absl::Minutes(30);
constexpr absl::Duration kCalm = absl::Minutes(10);  // longer than Kubernetes waits before it starts a container anew

}  // namespace

void RecentEnds::Follow(uint64_t times, BootTime now) {
  moments_.insert(moments_.end(), std::min<uint64_t>(times, kMost), now);
  while (!moments_.empty() && (now - moments_.front() > kWindow || moments_.size() > kMost)) moments_.pop_front();
}

std::optional<RepeatedEnds> RecentEnds::Repeated(BootTime now) const {
  if (moments_.size() < kRepeated || now - moments_.back() > kCalm) return std::nullopt;
  return RepeatedEnds{moments_.size(), now - moments_.front()};
}

}  // namespace caliwatch
