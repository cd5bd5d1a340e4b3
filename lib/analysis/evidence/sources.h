// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which sources this node has, and when each was read last.

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/analysis/evidence/moment.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

// How reading one source went, by this poll and before.
struct SourceStatus : SourceReading {
  std::optional<absl::Time> last_good;
  absl::Duration last_good_age;  // how long ago that was, whatever became of the clock since
  uint32_t failures = 0;         // polls in a row that could not read it, this one included

  // Whether what it said last may still be told as what is: one failed poll makes no gap.
  bool is_current() const { return last_good && failures < 2; }
};

struct Sources {
  std::vector<SourceStatus> readings;  // in the order of reading; those that do not apply to this node are left out
  PerFamily<bool> bird_expected;       // this node runs BIRD for the family, answering or not
  bool felix_expected = false;         // Felix works on this node, or did since it booted
};

// Remembered from poll to poll.
struct SourceHistory {
  std::map<absl::string_view, Moment> last_good;   // by source
  std::map<absl::string_view, uint32_t> failures;  // by source, in a row
  PerFamily<bool> bird_expected = {};
  bool felix_expected = false;
};

// Null: it does not apply to this node.
const SourceStatus* FindSource(const std::vector<SourceStatus>& readings, absl::string_view name);

Sources FollowSources(SourceHistory& history, const Snapshot& seen);

}  // namespace caliwatch
