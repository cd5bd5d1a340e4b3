// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/felix_history.h"

namespace caliwatch {

FelixHistory::State FelixHistory::StateOf(const absl::StatusOr<FelixHealth>& health) {
  if (!health.ok()) return State::kNoAnswer;
  if (!health->live) return State::kNotLive;
  return health->ready ? State::kReady : State::kNotReady;
}

absl::Time FelixHistory::Follow(const absl::StatusOr<FelixHealth>& health, absl::Time now) {
  const State state = StateOf(health);
  if (state_ != state) since_ = now;
  state_ = state;
  return since_;
}

}  // namespace caliwatch
