// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/secrets.h"

#include <algorithm>

#include <absl/strings/escaping.h>
#include <absl/strings/str_replace.h>

namespace caliwatch {

void Secrets::Add(absl::string_view secret) {
  if (secret.size() < kShortest || std::find(secrets_.begin(), secrets_.end(), secret) != secrets_.end()) return;
  if (secrets_.size() == kMost) secrets_.erase(secrets_.begin());
  secrets_.emplace_back(secret);
}

std::string Secrets::Without(absl::string_view text) const {
  std::string result(text);
  for (const std::string& secret : secrets_)
    result = absl::StrReplaceAll(result, {{secret, "(secret)"}, {absl::Base64Escape(secret), "(secret)"}});
  return result;
}

absl::Status Secrets::Without(const absl::Status& status) const {
  return status.ok() ? status : absl::Status(status.code(), Without(status.message()));
}

}  // namespace caliwatch
