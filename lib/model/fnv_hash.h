// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <absl/strings/string_view.h>

namespace caliwatch {

// FNV-1a of 64 bits (draft-eastlake-fnv) of what is added: the same in each process and each version, for what agents
// of several nodes compare. It withstands nobody who looks for collisions; absl's hash differs in each process.
class FnvHash {
 public:
  void Add(uint8_t byte) { value_ = (value_ ^ byte) * 0x100000001b3; }
  void Add(absl::string_view bytes) {
    for (const char byte : bytes) Add(static_cast<uint8_t>(byte));
  }
  uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 0xcbf29ce484222325;
};

}  // namespace caliwatch
