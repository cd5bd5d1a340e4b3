// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/status.h>
#include <absl/strings/match.h>
#include <absl/strings/string_view.h>

#include "test/support/catch.h"

namespace caliwatch {

// Whether `status` says `words`; a failed test then prints what it says instead.
inline bool Says(const absl::Status& status, absl::string_view words) {
  if (absl::StrContains(status.message(), words)) return true;
  UNSCOPED_INFO("it says: " << status);
  return false;
}

}  // namespace caliwatch
