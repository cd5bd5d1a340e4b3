// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/undecodable.h"

#include <absl/strings/str_cat.h>

namespace caliwatch {

void Undecodable::Note(const std::string& key, const absl::Status& error) {
  if (errors_.size() < kMost || errors_.count(key) == 1)
    errors_[key] = std::string(error.message().substr(0, 500));
  else
    ++unnamed_;
}

absl::Status Undecodable::status() const {
  const size_t count = errors_.size() + unnamed_;
  if (count == 0) return absl::OkStatus();
  const std::string more = count == 1 ? "" : absl::StrCat(", and ", count - 1, " more like it");
  return absl::DataLossError(absl::StrCat("not understood: ", errors_.begin()->second, more));
}

}  // namespace caliwatch
