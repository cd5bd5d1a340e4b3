// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <absl/strings/string_view.h>

#include "lib/model/prefix.h"

namespace caliwatch {

// An address as BIRD prints it: a link-local one may name its interface ("fe80::1%eth0"), which is left out.
inline std::optional<IpAddress> BirdAddressFrom(absl::string_view text) {
  const absl::StatusOr<IpAddress> address = IpAddress::Parse(text.substr(0, text.find('%')));
  if (!address.ok()) return std::nullopt;
  return *address;
}

}  // namespace caliwatch
