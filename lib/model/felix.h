// SPDX-License-Identifier: Apache-2.0
#pragma once

// Calico's Felix, as it speaks of itself.

#include <optional>
#include <string>
#include <vector>

namespace caliwatch {

// A part of Felix that reports its health: "CalculationGraph", "InternalDataplaneMainLoop".
struct FelixComponent {
  std::string name;
  // Absent: it does not report that, or Felix' table could not be read.
  std::optional<bool> live = {}, ready = {};
  bool timed_out = false;   // it has not reported for too long, which makes what it reports false
  std::string detail = {};  // its own words, or empty

  bool operator==(const FelixComponent&) const = default;
};

struct FelixHealth {
  bool live = false, ready = false;
  std::vector<FelixComponent> components;  // as Felix lists them, by name; empty where it gives no table

  bool operator==(const FelixHealth&) const = default;
};

}  // namespace caliwatch
