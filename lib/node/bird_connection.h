// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "lib/node/bird_socket.h"
#include "lib/node/raw_node.h"

namespace caliwatch {

struct BirdLimits {
  absl::Duration greeting = absl::Seconds(2);  // for connecting, BIRD's greeting and its answer to `restrict` together
  absl::Duration answer = absl::Seconds(5);    // for one whole answer
  size_t answer_bytes = 64 << 20;              // at most; shorter questions have shorter answers
};

// A kept connection to one BIRD daemon, restricted to reading before anything is asked. It is made by the first
// question, and anew when BIRD hung up, when another BIRD listens, and after any error: a half-read answer is never
// continued. Not thread-safe.
class BirdConnection {
 public:
  explicit BirdConnection(std::string socket_path, BirdLimits limits = {})
      : path_(std::move(socket_path)), limits_(limits) {}

  // Waits for both limits at most, and for `answer` once more when BIRD dies while it is asked. Errors are those of
  // RawNode::AskBird, and FailedPrecondition: who listens is no BIRD, or none that lets itself be restricted.
  absl::StatusOr<std::string> Ask(BirdQuestion question);
  // As RawNode::IdentifyBird.
  absl::StatusOr<BirdSocketInfo> Identify() const;

 private:
  absl::StatusOr<std::string> AskOnce(BirdQuestion question);
  absl::StatusOr<BirdSocket> Connect() const;

  std::string path_;
  BirdLimits limits_;
  std::optional<BirdSocket> socket_;
};

}  // namespace caliwatch
