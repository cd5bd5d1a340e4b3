// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "lib/model/prefix.h"

namespace caliwatch {

// Finds prefixes in a sorted list, as long as they are asked for in order: that takes one walk along it, where half of
// 100,000 routes may be gone. The list must outlive it.
class PrefixWalk {
 public:
  explicit PrefixWalk(const std::vector<Prefix>& sorted) : at_(sorted.begin()), end_(sorted.end()) {}

  bool Holds(const Prefix& prefix) {
    while (at_ != end_ && *at_ < prefix) ++at_;
    return at_ != end_ && *at_ == prefix;
  }

 private:
  std::vector<Prefix>::const_iterator at_, end_;
};

}  // namespace caliwatch
