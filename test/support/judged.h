// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include "lib/analysis/evidence/recollection.h"
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

}  // namespace caliwatch
