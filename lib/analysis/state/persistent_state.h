// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include <absl/time/time.h>

#include "lib/analysis/convergence/convergence.h"
#include "lib/model/prefix.h"

namespace caliwatch {

struct BirdCounts {
  uint64_t reconfigurations = 0;
  uint64_t config_errors = 0;

  bool operator==(const BirdCounts&) const = default;
};

using PeerKey = std::pair<Family, std::string>;          // the protocol's name: an address may have two
using FindingKey = std::pair<std::string, std::string>;  // check, subject

inline constexpr size_t kRememberedFindings = 20;

// What must outlive the process; the agent's state file holds it.
struct PersistentState {
  std::array<ConvergenceState, 2> convergence;  // by Family
  std::array<BirdCounts, 2> birds;              // by Family
  std::map<PeerKey, uint64_t> flaps;
  std::map<FindingKey, absl::Time> findings;  // open ones, since when; the first kRememberedFindings of each check
};

}  // namespace caliwatch
