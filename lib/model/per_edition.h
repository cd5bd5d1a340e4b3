// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>

namespace caliwatch {

// What follows from a node's routes alone, made anew where they are another edition (Snapshot::routes_edition). It must
// not lead into the snapshot that it was made of.
template <class Value>
class PerEdition {
 public:
  // Edition 0 is never the same as before. What is returned stays until the next call.
  template <class Make>
  const Value& Get(uint64_t edition, const Make& make) {
    if (edition == 0 || edition != edition_) {
      edition_ = 0;  // should it throw
      value_ = make();
      edition_ = edition;
    }
    return value_;
  }

 private:
  uint64_t edition_ = 0;
  Value value_ = {};
};

}  // namespace caliwatch
