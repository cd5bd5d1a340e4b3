// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include <absl/status/status.h>

namespace caliwatch {

// The objects of one kind that could not be understood: while there is one, nobody knows all of that kind.
class Undecodable {
 public:
  static constexpr size_t kMost = 1'000;  // that are known by name

  void Note(const std::string& key, const absl::Status& error);
  // It is gone, or could be understood after all.
  void Forget(const std::string& key) { errors_.erase(key); }
  // OK: there is none. Else the first error, and how many more there are.
  absl::Status status() const;

 private:
  std::map<std::string, std::string> errors_;  // by the object's key
  size_t unnamed_ = 0;
};

}  // namespace caliwatch
