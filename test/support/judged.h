// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include "lib/analysis/evidence/recollection.h"
#include "lib/analysis/findings/finding.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

// A finding as it reads.
struct FindingText {
  std::string subject, detail, remedy = {};
  std::vector<std::string> related = {};
  std::string impact = {};

  bool operator==(const FindingText&) const = default;
};
using JudgedTexts = absl::StatusOr<std::vector<FindingText>>;

// What one check finds on a node that is polled once, with what is remembered of earlier polls. BIRD's table is the
// node's own, unless `before` has another. NotFound for a name no check has.
JudgedTexts JudgeBy(absl::string_view check, const Snapshot& node, Recollection before = {});

// What is to be typed about each finding that it has, as LineText; where it says that only once it is asked, too.
std::vector<std::string> LinesBy(absl::string_view check, const Snapshot& node, Recollection before = {});
// The same of a finding that was made by hand.
std::vector<std::string> LinesFor(absl::string_view check, const Finding& finding, const Snapshot& node);
// "ip link set eth0 up # changes", "ip link # on the node of 10.39.1.12".
std::string LineText(const Command& command);

}  // namespace caliwatch
