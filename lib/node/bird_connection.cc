// SPDX-License-Identifier: Apache-2.0
#include "lib/node/bird_connection.h"

#include <algorithm>

#include <absl/status/status.h>
#include <absl/strings/ascii.h>
#include <absl/strings/escaping.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

namespace caliwatch {
namespace {

// Of the greeting, what is said to `restrict`, and `show status`: a hundred times what any BIRD says.
constexpr size_t kShortBytes = size_t{64} << 10;
// Some six thousand peers.
constexpr size_t kProtocolsBytes = size_t{12} << 20;

size_t MostBytes(BirdQuestion question, const BirdLimits& limits) {
  switch (question) {
    case BirdQuestion::kStatus:
      return std::min(limits.answer_bytes, kShortBytes);
    case BirdQuestion::kProtocols:
    case BirdQuestion::kProtocolsAll:
      return std::min(limits.answer_bytes, kProtocolsBytes);
    case BirdQuestion::kRoutes:
    case BirdQuestion::kWithheldRoutes:
      break;
  }
  return limits.answer_bytes;
}

absl::StatusOr<std::string> Converse(BirdSocket& socket, absl::string_view line, const Deadline& deadline,
                                     size_t most_bytes) {
  if (absl::Status sent = socket.Send(line); !sent.ok()) return sent;
  return socket.ReadReply(absl::StrCat("its answer to '", line, "'"), deadline, most_bytes);
}

// What came from the other end, fit for a message.
std::string Quoted(absl::string_view received) {
  return absl::StrCat("'", absl::CHexEscape(absl::StripAsciiWhitespace(received.substr(0, 80))), "'");
}

}  // namespace

absl::StatusOr<std::string> BirdConnection::Ask(BirdQuestion question) {
  if (socket_ && !socket_->IsAtItsPath()) socket_.reset();
  const bool kept = socket_.has_value();
  absl::StatusOr<std::string> answer = AskOnce(question);
  // That the BIRD of a kept connection is gone says nothing about the BIRD that may run now.
  if (kept && absl::IsUnavailable(answer.status())) return AskOnce(question);
  return answer;
}

absl::StatusOr<BirdSocketInfo> BirdConnection::Identify() const {
  if (!socket_) return absl::NotFoundError(absl::StrCat("no BIRD answers on ", path_));
  return socket_->Facts();
}

absl::StatusOr<std::string> BirdConnection::AskOnce(BirdQuestion question) {
  if (!socket_) {
    absl::StatusOr<BirdSocket> connected = Connect();
    if (!connected.ok()) return connected.status();
    socket_ = *std::move(connected);
  }
  absl::StatusOr<std::string> answer =
      Converse(*socket_, ToString(question), Deadline(limits_.answer), MostBytes(question, limits_));
  if (!answer.ok()) socket_.reset();
  return answer;
}

absl::StatusOr<BirdSocket> BirdConnection::Connect() const {
  absl::StatusOr<BirdSocket> socket = BirdSocket::Connect(path_);
  if (!socket.ok()) return socket;
  const Deadline deadline(limits_.greeting);
  absl::StatusOr<std::string> greeting = socket->ReadReply("its greeting", deadline, kShortBytes);
  if (!greeting.ok()) return greeting.status();
  if (!absl::StartsWith(*greeting, "0001 "))
    return absl::FailedPreconditionError(
        absl::StrCat("who listens on ", path_, " is not BIRD: it says ", Quoted(*greeting)));

  absl::StatusOr<std::string> restricted = Converse(*socket, "restrict", deadline, kShortBytes);
  if (!restricted.ok()) return restricted.status();
  if (!absl::StartsWith(*restricted, "0016 "))
    return absl::FailedPreconditionError(absl::StrCat("BIRD on ", path_, " answers 'restrict' with ",
                                                      Quoted(*restricted),
                                                      "; without that protection it is asked nothing"));
  return socket;
}

}  // namespace caliwatch
