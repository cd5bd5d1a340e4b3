// SPDX-License-Identifier: Apache-2.0
#pragma once

// One GET of HTTP/1.0 over plain TCP. civetweb's client is not used: it waits ten seconds for a connection, and its
// limit on reading begins anew with each byte.

#include <cstddef>
#include <string>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include "lib/node/deadline.h"

namespace caliwatch {

// OK for what HttpGet() can ask: "127.0.0.1:9099", "[::1]:9099", or "localhost:9099", which is 127.0.0.1 or else ::1.
// Else InvalidArgument, saying what would be right. No name is ever looked up.
absl::Status CheckHttpAddress(absl::string_view address);

// All that the server sends until it hangs up: status line, headers and body, uninterpreted, so that no redirect is
// followed. Errors name the address and the path. NotFound: nobody listens. DeadlineExceeded: it has not hung up by
// then. ResourceExhausted: more than `most_bytes`. Unavailable: it hung up without a word, or broke the connection.
absl::StatusOr<std::string> HttpGet(absl::string_view address, absl::string_view path, const Deadline& deadline,
                                    size_t most_bytes);

}  // namespace caliwatch
