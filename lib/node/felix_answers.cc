// SPDX-License-Identifier: Apache-2.0
#include "lib/node/felix_answers.h"

#include <cstddef>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/node/http_get.h"

namespace caliwatch {
namespace {

constexpr size_t kMostBytes = 64 << 10;

absl::StatusOr<std::string> AskAt(const std::string& address, const Deadline& deadline) {
  std::string text;
  for (const absl::string_view path : {"/readiness", "/liveness"}) {
    const absl::StatusOr<std::string> answer = HttpGet(address, path, deadline, kMostBytes);
    if (!answer.ok()) return answer.status();
    absl::StrAppend(&text, text.empty() ? "" : "\n", "http://", address, path, "\n", *answer);
  }
  return text;
}

}  // namespace

absl::StatusOr<std::string> AskFelix(const std::vector<std::string>& addresses) {
  if (addresses.empty()) return absl::NotFoundError("Felix is asked for its health only with --felix.health-address");
  const Deadline deadline(kFelixPatience);
  for (const std::string& address : addresses)
    if (absl::StatusOr<std::string> text = AskAt(address, deadline); !absl::IsNotFound(text.status())) return text;
  return absl::NotFoundError(absl::StrCat("nobody listens at ", absl::StrJoin(addresses, " or "),
                                          ": Felix' health is off or at another port, or Felix is not running"));
}

}  // namespace caliwatch
