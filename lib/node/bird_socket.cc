// SPDX-License-Identifier: Apache-2.0
#include "lib/node/bird_socket.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace caliwatch {
namespace {

constexpr absl::string_view kStuck =
    "BIRD is stopped, or its main loop is stuck: look at its state and CPU time, and restart calico-node if that is "
    "still so after 2 minutes, when its peers begin to drop this node's routes";

bool IsSocket(const std::string& path) {
  struct stat about {};
  return stat(path.c_str(), &about) == 0 && S_ISSOCK(about.st_mode);
}

absl::Status ConnectError(int error, const std::string& path) {
  switch (error) {
    case ENOENT:
      return absl::NotFoundError(absl::StrCat("BIRD's control socket ", path,
                                              " does not exist: BIRD was never started here, or ended cleanly"));
    case ECONNREFUSED:
      if (!IsSocket(path))
        return absl::FailedPreconditionError(
            absl::StrCat(path, " is in the place of BIRD's control socket, but no socket"));
      return absl::UnavailableError(
          absl::StrCat("nobody listens on ", path,
                       ": BIRD was killed or crashed and left its socket behind; see calico-node's log"));
    case EAGAIN:
      return absl::ResourceExhaustedError(absl::StrCat("BIRD's queue of connections on ", path, " is full. ", kStuck));
    case EACCES:
    case EPERM:
      return absl::PermissionDeniedError(
          absl::StrCat("may not open ", path, ": BIRD makes it for root:root alone; run as uid 0 or gid 0"));
    default:
      return absl::ErrnoToStatus(error, absl::StrCat("cannot connect to ", path));
  }
}

// "CCCC text" ends a reply; "CCCC-text", " text" and "+text" do not.
bool EndsReply(absl::string_view line) {
  return line.size() > 4 && line[4] == ' ' && std::all_of(line.begin(), line.begin() + 4, absl::ascii_isdigit);
}

}  // namespace

absl::StatusOr<BirdSocket> BirdSocket::Connect(const std::string& path) {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  if (path.size() >= sizeof address.sun_path)
    return absl::InvalidArgumentError(absl::StrCat(path, " is too long for a socket's path, which has at most ",
                                                   sizeof address.sun_path - 1, " bytes"));
  std::memcpy(address.sun_path, path.data(), path.size());

  constexpr int kAttempts = 5;
  File before = FileAt(path);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd.is_open()) return absl::ErrnoToStatus(errno, "cannot make a socket");
    if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      return ConnectError(errno, path);
    // Else a BIRD that starts just now might be taken for the one before it.
    const File after = FileAt(path);
    if (after == before) return BirdSocket(path, after, std::move(fd));
    before = after;
  }
  return absl::UnavailableError(absl::StrCat("BIRD's control socket ", path, " was replaced again and again"));
}

absl::Status BirdSocket::Send(absl::string_view line) {
  const std::string request = absl::StrCat(line, "\n");
  if (send(fd_.get(), request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size()))
    return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("BIRD hung up on ", path_, " before it could be asked '", line, "'"));
}

absl::StatusOr<std::string> BirdSocket::ReadReply(absl::string_view what, const Deadline& deadline, size_t most_bytes) {
  for (size_t line = 0, looked_at = 0;;) {
    for (size_t newline; (newline = received_.find('\n', looked_at)) != std::string::npos;
         line = looked_at = newline + 1) {
      if (!EndsReply(absl::string_view(received_).substr(line, newline - line))) continue;
      std::string reply = std::move(received_);
      received_ = reply.substr(newline + 1);
      without_end_ = 0;
      reply.resize(newline + 1);
      return reply;
    }
    looked_at = received_.size();
    if (received_.size() > most_bytes)
      return absl::ResourceExhaustedError(
          absl::StrCat("BIRD on ", path_, " sent more than ", most_bytes, " bytes as ", what));
    if (absl::Status more = Receive(what, deadline); !more.ok()) return more;
  }
}

absl::Status BirdSocket::Receive(absl::string_view what, const Deadline& deadline) {
  std::array<char, 65536> chunk;
  for (;;) {
    const int remaining = deadline.Milliseconds();
    pollfd readable{.fd = fd_.get(), .events = POLLIN, .revents = 0};
    // A reply that never ends must not hold us either: time counts also while bytes keep coming.
    if (poll(&readable, 1, remaining) == 0 || remaining == 0)
      return absl::DeadlineExceededError(
          absl::StrCat("BIRD on ", path_, " sent ", received_.empty() ? "nothing" : "only a part", " of ", what,
                       " within ", absl::FormatDuration(deadline.within()), ". ", kStuck));
    const ssize_t got = recv(fd_.get(), chunk.data(), chunk.size(), 0);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got > 0) {
      received_.append(chunk.data(), static_cast<size_t>(got));
      return absl::OkStatus();
    }
    if (!received_.empty())
      return absl::DataLossError(absl::StrCat("BIRD on ", path_, " hung up in the middle of ", what));
    return absl::UnavailableError(
        absl::StrCat("BIRD on ", path_, " hung up before ", what, ": it is ending or was killed"));
  }
}

absl::StatusOr<std::string> BirdSocket::ReadLines(size_t most_bytes) {
  std::array<char, 65536> chunk;
  for (ssize_t got; (got = recv(fd_.get(), chunk.data(), chunk.size(), MSG_DONTWAIT)) != -1 || errno != EAGAIN;) {
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 && received_.find('\n') != std::string::npos) break;  // its last words first
    if (got <= 0) return absl::UnavailableError(absl::StrCat("BIRD on ", path_, " hung up"));
    received_.append(chunk.data(), static_cast<size_t>(got));
    if (received_.size() > most_bytes) break;
  }
  // A long line may come byte by byte: what was looked at is not looked at again.
  const size_t end = absl::string_view(received_).substr(without_end_).rfind('\n');
  if (end == std::string::npos && received_.size() > most_bytes)
    return absl::ResourceExhaustedError(absl::StrCat("BIRD on ", path_, " sent a line without end"));
  std::string lines = end == std::string::npos ? "" : received_.substr(0, without_end_ + end + 1);
  received_.erase(0, lines.size());
  without_end_ = received_.size();
  return lines;
}

BirdSocketInfo BirdSocket::Facts() const {
  ucred peer{};
  socklen_t size = sizeof peer;
  getsockopt(fd_.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size);
  return {absl::FromUnixNanos(file_.changed_ns), peer.pid};
}

BirdSocket::File BirdSocket::FileAt(const std::string& path) {
  struct stat about {};
  if (stat(path.c_str(), &about) != 0) return {};
  return {about.st_dev, about.st_ino, about.st_ctim.tv_sec * 1'000'000'000 + about.st_ctim.tv_nsec};
}

}  // namespace caliwatch
