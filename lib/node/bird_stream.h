// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include "lib/node/bird_socket.h"

namespace caliwatch {

// BIRD's own log, as it writes it: a connection to its control socket of its own, restricted to reading, on which it
// repeats every line (`echo`). Reference: BIRD's nest/cli.c and doc, "echo".
class BirdStream {
 public:
  using OnLine = absl::FunctionRef<void(absl::string_view line)>;

  // Never waits. Errors are those of RawNode::AskBird.
  static absl::StatusOr<BirdStream> Connect(const std::string& path);

  int fd() const { return socket_.fd(); }  // for poll()
  BirdSocketInfo Facts() const { return socket_.Facts(); }

  // Hands over the log lines that have come, without the "+" before them, and never waits. "<N messages lost>" is one
  // of them. Unavailable: BIRD ended. FailedPrecondition: it does not let itself be restricted, or who talks is no
  // BIRD.
  absl::Status Receive(OnLine on_line);
  // Makes BIRD's main loop turn, and with it hand over what it has logged: BIRD 2 leaves that to the next turn, which
  // may be 2 s away.
  absl::Status Poke() { return socket_.Send(kPoke); }
  // BIRD has agreed: what it logs from now on comes here.
  bool is_listening() const { return answered_ == kAnswers; }

 private:
  static constexpr absl::string_view kPoke = "restrict";  // which it is already
  static constexpr int kAnswers = 3;                      // the greeting, and an answer to each of our lines

  explicit BirdStream(BirdSocket socket) : socket_(std::move(socket)) {}
  absl::Status Take(absl::string_view line, OnLine on_line);

  BirdSocket socket_;
  int answered_ = 0;
};

}  // namespace caliwatch
