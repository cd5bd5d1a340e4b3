// SPDX-License-Identifier: Apache-2.0
#include "lib/node/bird_stream.h"

#include <absl/strings/escaping.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

namespace caliwatch {
namespace {

constexpr size_t kMostBytes = 1 << 20;  // BIRD keeps 64 KiB for us
// BIRD answers them one after the other, so both can be sent at once.
constexpr absl::string_view kHello[] = {"restrict", "echo all 65536"};
constexpr absl::string_view kAnswerCodes[] = {"0001 ", "0016 ", "0000 "};

}  // namespace

absl::StatusOr<BirdStream> BirdStream::Connect(const std::string& path) {
  absl::StatusOr<BirdSocket> socket = BirdSocket::Connect(path);
  if (!socket.ok()) return socket.status();
  for (const absl::string_view line : kHello)
    if (absl::Status sent = socket->Send(line); !sent.ok()) return sent;
  return BirdStream(*std::move(socket));
}

absl::Status BirdStream::Receive(OnLine on_line) {
  absl::StatusOr<std::string> lines = socket_.ReadLines(kMostBytes);
  if (!lines.ok()) return lines.status();
  for (const absl::string_view line : absl::StrSplit(*lines, '\n', absl::SkipEmpty()))
    if (absl::Status taken = Take(line, on_line); !taken.ok()) return taken;
  return absl::OkStatus();
}

absl::Status BirdStream::Take(absl::string_view line, OnLine on_line) {
  if (line[0] == '+' || line[0] == '<') {
    on_line(line[0] == '+' ? line.substr(1) : line);
    return absl::OkStatus();
  }
  if (is_listening() && absl::StartsWith(line, "0016 ")) return absl::OkStatus();  // to a poke
  if (is_listening() || !absl::StartsWith(line, kAnswerCodes[answered_]))
    return absl::FailedPreconditionError(
        absl::StrCat("BIRD does not let its log be followed: it says '", absl::CHexEscape(line.substr(0, 80)), "'"));
  ++answered_;
  return absl::OkStatus();
}

}  // namespace caliwatch
