// SPDX-License-Identifier: Apache-2.0
#pragma once

// One question to another node's agent, in packets that fill the way to it or in small ones.

#include <cstddef>
#include <cstdint>
#include <string>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/node/http_get.h"

namespace caliwatch {

inline constexpr absl::string_view kProbeUrlPath = "/api/v1/probe";
inline constexpr size_t kLargestProbe = 12'000;  // bytes of a request or an answer: a packet of jumbo frames, and more

struct AgentQuestion {
  bool large = false;     // both request and answer fill a packet at least
  bool in_doubt = false;  // the one who asks doubts the way between both nodes, and says so
  bool counts = false;    // and wants to know what the node's kernel has counted
  absl::Duration within = absl::Seconds(2);
};

// All that came, as of HttpGet(), and how far the question came. `address`: "10.0.0.2:10179", "[fd00::2]:10179".
absl::StatusOr<std::string> AskAgent(absl::string_view address, const AgentQuestion& question, HttpProgress& progress);

// How many bytes of body are asked for where one packet carries `segment_bytes`.
size_t LargeAnswerFor(uint32_t segment_bytes);

}  // namespace caliwatch
