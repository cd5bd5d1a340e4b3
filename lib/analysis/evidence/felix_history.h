// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/analysis/evidence/moment.h"
#include "lib/analysis/evidence/recent_ends.h"
#include "lib/model/felix.h"
#include "lib/model/journal.h"

namespace caliwatch {

// kNoAnswer: nobody listens at its port, or who does is silent.
enum class FelixState : uint8_t { kReady, kNotReady, kNotLive, kNoAnswer };
absl::string_view ToString(FelixState state);  // "ready", "unready", "dead", "silent": words of the state file
std::optional<FelixState> FelixStateFrom(absl::string_view word);

// What a process knows of Felix after its end, in the same boot.
struct RememberedFelix {
  bool answered = false;            // its port has said how Felix is, so that one day's silence is news
  std::optional<FelixState> state;  // as seen last; absent: nobody has looked
  Moment since;                     // when that began, or was seen first
  Moment left;                      // when it began not to be ready, or was seen so first; of use while it is not
  RecentEnds ends;

  bool operator==(const RememberedFelix&) const = default;
};

// Since when Felix has been as it is, and how often it ended, as far as polls have seen it.
class FelixHistory {
 public:
  FelixHistory() = default;
  explicit FelixHistory(RememberedFelix known) : known_(std::move(known)), change_is_known_(known_.state.has_value()) {}

  // What one poll, at `now`, got of it. `expected`: this node has Felix, so that who answers without naming
  // Felix' components is Felix, too. Returns since when it has been ready, live but not ready, not live, or
  // has not answered.
  absl::Time Follow(const absl::StatusOr<FelixHealth>& health, bool expected, const Moment& now);

  const RememberedFelix& remembered() const { return known_; }
  // For how long it has been ready, or has not; absent: it was, or was not, when somebody looked first.
  std::optional<absl::Duration> Lasted(BootTime now) const;

 private:
  RememberedFelix known_;
  bool change_is_known_ = false;  // to being ready, or away from it
  bool listens_ = false;          // somebody did at the last poll
};

}  // namespace caliwatch
