// SPDX-License-Identifier: Apache-2.0
#include "agent/config/listen_address.h"

#include <algorithm>
#include <limits>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>

namespace caliwatch {
namespace {

absl::Status Unusable(absl::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat(
      "'", text, "' is no address to listen on: write 127.0.0.1:10179, [::1]:10179, or :10179 for every address"));
}

}  // namespace

absl::StatusOr<ListenAddress> ListenAddress::Parse(absl::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos) return Unusable(text);
  const absl::string_view digits = text.substr(colon + 1);
  absl::string_view host = text.substr(0, colon);

  ListenAddress parsed;
  uint32_t port = 0;
  if (!std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit) || !absl::SimpleAtoi(digits, &port) ||
      port > std::numeric_limits<uint16_t>::max())
    return Unusable(text);
  parsed.port = static_cast<uint16_t>(port);
  if (host.empty()) return parsed;

  const bool bracketed = absl::ConsumePrefix(&host, "[") && absl::ConsumeSuffix(&host, "]");
  const auto address = IpAddress::Parse(host);
  if (!address.ok() || bracketed != (address->family == Family::kIpv6)) return Unusable(text);
  parsed.host = *address;
  return parsed;
}

std::string ListenAddress::ToString() const {
  if (!host) return absl::StrCat(":", port);
  if (host->family == Family::kIpv6) return absl::StrCat("[", host->ToString(), "]:", port);
  return absl::StrCat(host->ToString(), ":", port);
}

}  // namespace caliwatch
