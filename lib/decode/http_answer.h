// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

namespace caliwatch {

// An answer of HTTP/1.0 as it came; `body` leads into the text.
struct ParsedAnswer {
  int code = 0;
  std::optional<absl::Duration> age = {};  // as its header Age has it
  absl::string_view body = {};
};

// InvalidArgument: it is none. DataLoss: its headers or its body are cut off. Unimplemented: it came in chunks, which
// nobody may send to who asks by HTTP/1.0.
absl::StatusOr<ParsedAnswer> HttpAnswerFrom(absl::string_view text);

}  // namespace caliwatch
