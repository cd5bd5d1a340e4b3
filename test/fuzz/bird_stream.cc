// SPDX-License-Identifier: Apache-2.0

// What comes on BIRD's control socket, in pieces: lines are the same wherever it was split. The first byte says how
// long the pieces are.

#include "lib/node/bird_stream.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/str_cat.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/decode/journal_events.h"
#include "test/fuzz/support/input.h"
#include "test/fuzz/support/must.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

constexpr size_t kBuffer = 65536;  // what a socket takes without anybody reading

// Stands where BIRD's socket does.
class Listener {
 public:
  Listener() : fd_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    path().copy(address.sun_path, sizeof address.sun_path - 1);
    Must(bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 && listen(fd_.get(), 8) == 0,
         "the fuzzer has a socket");
  }
  std::string path() const { return folder_ / "bird.ctl"; }
  UniqueFd Accept() const { return UniqueFd(accept(fd_.get(), nullptr, nullptr)); }

 private:
  TemporaryFolder folder_;
  UniqueFd fd_;
};

const Listener& Bird() {
  static const Listener* listener = new Listener;
  return *listener;
}

struct Heard {
  std::vector<std::string> lines;
  absl::StatusCode code = absl::StatusCode::kOk;
  BirdJournal journal;

  bool operator==(const Heard& other) const {
    return lines == other.lines && code == other.code && journal.events == other.journal.events;
  }
};

// As the event listener does it; `text` comes in pieces of `piece` bytes, and BIRD hangs up at its end.
Heard Follow(absl::string_view text, size_t piece) {
  Heard heard;
  absl::StatusOr<BirdStream> stream = BirdStream::Connect(Bird().path());
  Must(stream.ok(), "the fuzzer's socket can be reached", stream.status().ToString());
  UniqueFd bird = Bird().Accept();
  const auto receive = [&] {
    const absl::Status status = stream->Receive([&](absl::string_view line) {
      heard.lines.emplace_back(line);
      AppendBirdEvent(line, absl::Seconds(1), heard.journal);
    });
    heard.code = status.code();
    return status.ok();
  };
  for (size_t at = 0; at < text.size(); at += piece) {
    const absl::string_view part = text.substr(at, piece);
    Must(send(bird.get(), part.data(), part.size(), MSG_NOSIGNAL | MSG_DONTWAIT) == static_cast<ssize_t>(part.size()),
         "it is sent");
    if (!receive()) return heard;
  }
  bird = UniqueFd();
  while (receive()) {
  }
  return heard;
}

struct Replies {
  std::vector<std::string> texts;
  absl::StatusCode code = absl::StatusCode::kOk;

  bool operator==(const Replies&) const = default;
};

// As a connection asks: each reply ends where BIRD's grammar says. A piece is awaited, with what it lacks, for a
// millisecond before the next one is sent.
Replies Ask(absl::string_view text, size_t piece) {
  Replies replies;
  absl::StatusOr<BirdSocket> socket = BirdSocket::Connect(Bird().path());
  Must(socket.ok(), "the fuzzer's socket can be reached", socket.status().ToString());
  UniqueFd bird = Bird().Accept();
  const auto read = [&](absl::Duration patience) {
    for (;;) {
      absl::StatusOr<std::string> reply = socket->ReadReply("a question", Deadline(patience), kBuffer * 2);
      if (!reply.ok()) return reply.status().code();
      replies.texts.push_back(*std::move(reply));
    }
  };
  for (size_t at = 0; at < text.size(); at += piece) {
    const absl::string_view part = text.substr(at, piece);
    Must(send(bird.get(), part.data(), part.size(), MSG_NOSIGNAL | MSG_DONTWAIT) == static_cast<ssize_t>(part.size()),
         "it is sent");
    if (part.size() == piece) read(absl::Milliseconds(1));
  }
  bird = UniqueFd();
  replies.code = read(absl::Seconds(20));
  return replies;
}

}  // namespace
}  // namespace caliwatch

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace caliwatch;
  Input input(data, size);
  // A piece of one byte takes 1 KiB of a socket's room.
  const size_t piece = std::max<size_t>(1 + input.Byte(), input.rest().size() / 128);
  const absl::string_view text = input.Take(kBuffer / 2);
  Must(Follow(text, piece) == Follow(text, kBuffer), "the log's lines are the same wherever it is split");
  const Replies replies = Ask(text, std::max(piece, text.size() / 8 + 1));
  Must(replies == Ask(text, kBuffer), "replies are the same wherever they are split");
  std::string all;
  for (const std::string& reply : replies.texts) all += reply;
  Must(text.substr(0, all.size()) == all, "replies are what was sent");
  return 0;
}
