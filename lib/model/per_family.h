// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

#include "lib/model/prefix.h"

namespace caliwatch {

// One of something for each address family, IPv4's first.
template <class Value>
struct PerFamily {
  std::array<Value, kFamilies.size()> each{};

  Value& operator[](Family family) { return each[static_cast<size_t>(family)]; }
  const Value& operator[](Family family) const { return each[static_cast<size_t>(family)]; }
  auto begin() { return each.begin(); }
  auto end() { return each.end(); }
  auto begin() const { return each.begin(); }
  auto end() const { return each.end(); }

  bool operator==(const PerFamily&) const = default;
};

}  // namespace caliwatch
