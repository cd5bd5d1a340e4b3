// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <absl/time/time.h>

#include "lib/model/ipam.h"

namespace caliwatch {

// How much of a pool is taken.
struct PoolUse {
  std::string pool;
  Prefix cidr;
  bool gives = true;     // new addresses to workloads
  double addresses = 0;  // that it may give, reserved ones left out; IPv6 has more than a whole number counts
  size_t used = 0;       // recorded, and not free again
  double blocks = 0;     // that fit in it
  size_t taken_blocks = 0;
  std::optional<double> per_day = {};          // by how many more are used each day; absent: too early to say
  std::optional<absl::Duration> full_in = {};  // at that rate; absent also where it does not grow

  double free() const { return addresses - static_cast<double>(used); }
};

// What earlier looks knew of pools: a sample an hour, of two weeks.
struct PoolSample {
  absl::Time at;
  size_t used = 0;
};
using PoolHistory = std::map<std::string, std::vector<PoolSample>>;

// By the pools' names; adds this look to the history, and forgets pools that are gone.
std::vector<PoolUse> FollowPools(const ClusterRecords& records, absl::Time now, PoolHistory& history);

}  // namespace caliwatch
