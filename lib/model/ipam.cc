// SPDX-License-Identifier: Apache-2.0
#include "lib/model/ipam.h"

#include <absl/strings/strip.h>

namespace caliwatch {

absl::string_view IpamBlock::node() const {
  absl::string_view name = affinity;
  return absl::ConsumePrefix(&name, "host:") ? name : absl::string_view();
}

}  // namespace caliwatch
