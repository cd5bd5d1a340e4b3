// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which sources this node has, and when each was read last.

#include <map>
#include <optional>
#include <vector>

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/model/snapshot.h"

namespace caliwatch {

// How reading one source went, by this poll and before.
struct SourceStatus : SourceReading {
  std::optional<absl::Time> last_good;
};

struct Sources {
  std::vector<SourceStatus> readings;  // in the order of reading; those that do not apply to this node are left out
  PerFamily<bool> bird_expected;       // this node runs BIRD for the family, answering or not
};

// Remembered from poll to poll.
struct SourceHistory {
  std::map<absl::string_view, absl::Time> last_good;  // by source
  PerFamily<bool> bird_expected = {};
};

Sources FollowSources(SourceHistory& history, const Snapshot& seen);

}  // namespace caliwatch
