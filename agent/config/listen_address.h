// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include "lib/model/prefix.h"

namespace caliwatch {

// Where to listen: "127.0.0.1:10179", "[::1]:10179", or ":10179" for every IPv4 address.
struct ListenAddress {
  IpAddress host;
  uint16_t port = 0;  // 0: any free one

  static absl::StatusOr<ListenAddress> Parse(absl::string_view text);
  std::string ToString() const;
};

}  // namespace caliwatch
