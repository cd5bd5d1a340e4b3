// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/evidence.h"

namespace caliwatch {

bool FelixIsAway(const Evidence& evidence) {
  const absl::StatusOr<FelixHealth>& felix = evidence.now.felix;
  return felix.ok() ? !felix->live || !felix->ready : evidence.before.felix_answered;
}

absl::Status WhyUnread(const Evidence& evidence, Family family) {
  const Bird& bird = evidence.now.birds[family];
  absl::Status status = FirstError({bird.status.status(), bird.peers.status()});
  const bool gone = absl::IsNotFound(status) && evidence.before.birds[family].expected;
  return gone ? absl::UnavailableError(status.message()) : status;
}

}  // namespace caliwatch
