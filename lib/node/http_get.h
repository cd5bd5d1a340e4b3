// SPDX-License-Identifier: Apache-2.0
#pragma once

// One GET of HTTP/1.0 over plain TCP. civetweb's client is not used: it waits ten seconds for a connection, and its
// limit on reading begins anew with each byte.

#include <cstddef>
#include <cstdint>
#include <functional>
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

// How far a request came, whatever the answer.
struct HttpProgress {
  bool connected = false;
  bool is_unreachable = false;  // the kernel, or a router that it heard, says that no way leads there
  bool acknowledged = false;    // the other end's kernel has got the whole request
  bool answer_began = false;
  uint32_t segment_bytes = 0;  // the most that one packet of the connection carries; 0 before it is there
};

// The same with a request of one's own, made once `segment_bytes` is known.
using RequestFor = std::function<std::string(const HttpProgress& progress)>;
absl::StatusOr<std::string> HttpAsk(absl::string_view address, absl::string_view path, const RequestFor& request,
                                    const Deadline& deadline, size_t most_bytes, HttpProgress& progress);

}  // namespace caliwatch
