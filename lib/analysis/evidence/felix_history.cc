// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/felix_history.h"

#include <algorithm>
#include <array>

namespace caliwatch {
namespace {

constexpr std::array<absl::string_view, 4> kWords = {"ready", "unready", "dead", "silent"};

FelixState StateOf(const absl::StatusOr<FelixHealth>& health) {
  if (!health.ok()) return FelixState::kNoAnswer;
  if (!health->live) return FelixState::kNotLive;
  return health->ready ? FelixState::kReady : FelixState::kNotReady;
}

// A component that is not ready only before Felix has read its configuration.
bool IsStarting(const absl::StatusOr<FelixHealth>& health) {
  return health.ok() &&
         std::any_of(health->components.begin(), health->components.end(), [](const FelixComponent& component) {
           return component.name == "FelixStartup" && component.ready == false;
         });
}

}  // namespace

absl::string_view ToString(FelixState state) { return kWords[static_cast<size_t>(state)]; }

std::optional<FelixState> FelixStateFrom(absl::string_view word) {
  const auto found = std::find(kWords.begin(), kWords.end(), word);
  if (found == kWords.end()) return std::nullopt;
  return static_cast<FelixState>(found - kWords.begin());
}

absl::Time FelixHistory::Follow(const absl::StatusOr<FelixHealth>& health, bool expected, const Moment& now) {
  known_.since = AsOf(known_.since, now);
  known_.left = AsOf(known_.left, now);
  const FelixState state = StateOf(health);
  const bool listens = !absl::IsNotFound(health.status());
  const bool answered_last = known_.state && *known_.state != FelixState::kNoAnswer;
  // A start that a poll sees may be all that polls see of an end.
  const bool ended = (known_.answered && (answered_last || listens_) && !listens) ||
                     (known_.state == FelixState::kReady && IsStarting(health));
  known_.ends.Follow(ended ? 1 : 0, now.up);
  const bool is_ready = state == FelixState::kReady, was_ready = known_.state == FelixState::kReady;
  const bool answered = known_.answered || (health.ok() && (expected || !health->components.empty()));
  // Before its first word it may not have been there at all.
  if (!known_.state || is_ready != was_ready || answered != known_.answered) {
    // One that is ready when it says its first word may have been so for long.
    change_is_known_ = known_.state.has_value() && (known_.answered || !is_ready);
    known_.left = now;
  }
  if (known_.state != state) known_.since = now;
  known_.state = state;
  known_.answered = answered;
  listens_ = listens;
  return known_.since.wall;
}

std::optional<absl::Duration> FelixHistory::Lasted(BootTime now) const {
  if (!change_is_known_) return std::nullopt;
  return now - (known_.state == FelixState::kReady ? known_.since : known_.left).up;
}

}  // namespace caliwatch
