// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/strings/string_view.h>

namespace caliwatch {

// What no text may show: tokens, passwords, keys. A server may send back what it was sent, so whatever comes from
// outside goes through Without() before it is told.
class Secrets {
 public:
  // Forgotten again once kMost newer ones are known: tokens are replaced, again and again. Too short ones to be secret,
  // and to be told from plain words, are passed over.
  static constexpr size_t kMost = 32, kShortest = 4;
  void Add(absl::string_view secret);

  // With "(secret)" in the place of each, as it is and as base64 has it.
  std::string Without(absl::string_view text) const;
  absl::Status Without(const absl::Status& status) const;

 private:
  std::vector<std::string> secrets_;  // the oldest first
};

}  // namespace caliwatch
