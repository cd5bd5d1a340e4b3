// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/time/time.h>

namespace caliwatch {

// What Felix is given for both of its answers together.
inline constexpr absl::Duration kFelixPatience = absl::Milliseconds(500);

// Asks Felix whether it is ready, and whether it is live, at the first of `addresses` where somebody listens; what an
// address may be, CheckHttpAddress() says. The text holds both answers as they came, at most 64 KiB each, each behind a
// line with its URL:
//
//   http://localhost:9099/readiness
//   HTTP/1.0 200 OK …
//   http://localhost:9099/liveness
//   HTTP/1.0 200 OK …
//
// NotFound: nobody listens at any, or there is none. Other errors are those of HttpGet(), of whichever question failed
// first.
absl::StatusOr<std::string> AskFelix(const std::vector<std::string>& addresses);

}  // namespace caliwatch
