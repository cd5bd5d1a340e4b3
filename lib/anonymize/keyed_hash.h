// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include <absl/strings/string_view.h>

namespace caliwatch {

// SipHash-2-4 (Aumasson and Bernstein 2012): who has no key can tell its values from random ones in no way, and cannot
// look up what was hashed by trying what it may have been.
class KeyedHash {
 public:
  using Key = std::array<uint64_t, 2>;

  explicit KeyedHash(Key key) : key_(key) {}

  uint64_t operator()(absl::string_view bytes) const;

 private:
  Key key_;
};

}  // namespace caliwatch
