// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include "lib/model/prefix.h"

namespace caliwatch {

// Where to listen: "127.0.0.1:10179", "[::1]:10179", or ":10179" for every address, IPv4 and IPv6. "0.0.0.0:10179" and
// "[::]:10179" are those of one family.
struct ListenAddress {
  std::optional<IpAddress> host;  // none: every address
  uint16_t port = 0;              // 0: any free one

  static absl::StatusOr<ListenAddress> Parse(absl::string_view text);
  std::string ToString() const;
};

}  // namespace caliwatch
