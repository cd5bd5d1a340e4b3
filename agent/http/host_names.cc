// SPDX-License-Identifier: Apache-2.0
#include "agent/http/host_names.h"

#include <algorithm>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/strip.h>

#include "lib/model/prefix.h"

namespace caliwatch {
namespace {

// "node1.example:10179" without the port; an IPv6 address without its brackets.
absl::string_view WithoutPort(absl::string_view host) {
  if (absl::ConsumePrefix(&host, "[")) return host.substr(0, host.find(']'));
  return host.substr(0, host.rfind(':'));
}

bool IsSameName(absl::string_view one, absl::string_view other) {
  return absl::EqualsIgnoreCase(absl::StripSuffix(one, "."), absl::StripSuffix(other, "."));
}

}  // namespace

bool IsOwnHost(absl::string_view host, absl::string_view node_name, const std::vector<std::string>& allowed) {
  if (host.empty()) return true;
  const absl::string_view name = WithoutPort(host);
  return !absl::StrContains(name, '.') || IpAddress::Parse(name).ok() || IsSameName(name, node_name) ||
         std::any_of(allowed.begin(), allowed.end(), [&](absl::string_view own) { return IsSameName(name, own); });
}

}  // namespace caliwatch
