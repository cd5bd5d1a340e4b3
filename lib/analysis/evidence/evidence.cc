// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/evidence.h"

namespace caliwatch {

absl::Status WhyUnread(const Evidence& evidence, Family family) {
  const Bird& bird = evidence.now.birds[family];
  absl::Status status = FirstError({bird.status.status(), bird.peers.status()});
  const bool gone = absl::IsNotFound(status) && evidence.before.birds[family].expected;
  return gone ? absl::UnavailableError(status.message()) : status;
}

absl::Status ForEachBird(const Evidence& evidence, absl::FunctionRef<void(const BirdEvidence&)> judge) {
  absl::Status unread;
  for (const Family family : kFamilies) {
    const absl::Status why = WhyUnread(evidence, family);
    if (why.ok())
      judge({evidence.birds[family], evidence.before.birds[family]});
    else if (!absl::IsNotFound(why))
      unread.Update(why);
  }
  return unread;
}

}  // namespace caliwatch
