// SPDX-License-Identifier: Apache-2.0
#include "lib/node/http_get.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include "lib/node/unique_fd.h"

namespace caliwatch {
namespace {

struct SocketAddress {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

SocketAddress Ipv4(in_addr host, uint16_t port) {
  const sockaddr_in address{.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = host, .sin_zero = {}};
  SocketAddress result{.size = sizeof address};
  std::memcpy(&result.bytes, &address, sizeof address);
  return result;
}

SocketAddress Ipv6(const in6_addr& host, uint16_t port) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  address.sin6_addr = host;
  SocketAddress result{.size = sizeof address};
  std::memcpy(&result.bytes, &address, sizeof address);
  return result;
}

// 0: it is none.
uint16_t PortFrom(absl::string_view digits) {
  uint32_t port = 0;
  const bool valid = std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit) &&
                     absl::SimpleAtoi(digits, &port) && port <= std::numeric_limits<uint16_t>::max();
  return valid ? static_cast<uint16_t>(port) : 0;
}

// To be tried in this order; empty: `text` is no address.
std::vector<SocketAddress> AddressesOf(absl::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos) return {};
  const uint16_t port = PortFrom(text.substr(colon + 1));
  std::string host(text.substr(0, colon));
  if (port == 0) return {};
  if (host == "localhost") return {Ipv4({.s_addr = htonl(INADDR_LOOPBACK)}, port), Ipv6(in6addr_loopback, port)};
  if (in_addr ipv4{}; inet_pton(AF_INET, host.c_str(), &ipv4) == 1) return {Ipv4(ipv4, port)};
  absl::string_view inner = host;
  if (!absl::ConsumePrefix(&inner, "[") || !absl::ConsumeSuffix(&inner, "]")) return {};
  if (in6_addr ipv6{}; inet_pton(AF_INET6, std::string(inner).c_str(), &ipv6) == 1) return {Ipv6(ipv6, port)};
  return {};
}

absl::Status Late(absl::string_view url, absl::string_view what, const Deadline& deadline) {
  return absl::DeadlineExceededError(absl::StrCat(url, " ", what, " within ", absl::FormatDuration(deadline.within())));
}

// False once the deadline has passed.
bool Await(int fd, int16_t events, const Deadline& deadline) {
  for (;;) {
    const int left = deadline.Milliseconds();
    pollfd wanted{.fd = fd, .events = events, .revents = 0};
    const int ready = poll(&wanted, 1, left);
    // Time counts also while bytes keep coming.
    if (left == 0 || ready == 0) return false;
    if (ready > 0 || errno != EINTR) return true;
  }
}

absl::Status ConnectError(int error, absl::string_view url) {
  // A host without IPv6 has no ::1 either.
  if (error == ECONNREFUSED || error == EADDRNOTAVAIL || error == ENETUNREACH || error == EAFNOSUPPORT)
    return absl::NotFoundError(absl::StrCat("nobody listens at ", url));
  return absl::ErrnoToStatus(error, absl::StrCat("cannot connect to ", url));
}

bool IsUnreachable(int error) {
  return error == EHOSTUNREACH || error == ENETUNREACH || error == EADDRNOTAVAIL || error == EHOSTDOWN ||
         error == ENETDOWN;
}

absl::StatusOr<UniqueFd> Connect(const SocketAddress& address, absl::string_view url, const Deadline& deadline,
                                 HttpProgress& progress) {
  const auto failed = [&](int error) {
    progress.is_unreachable = IsUnreachable(error);
    return ConnectError(error, url);
  };
  UniqueFd fd(socket(address.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.is_open()) return failed(errno);
  if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address.bytes), address.size) == 0) return fd;
  if (errno != EINPROGRESS) return failed(errno);
  if (!Await(fd.get(), POLLOUT, deadline)) return Late(url, "took no connection", deadline);
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return failed(error);
  return fd;
}

absl::StatusOr<std::string> ReadToEnd(int fd, absl::string_view url, const Deadline& deadline, size_t most_bytes,
                                      HttpProgress& progress) {
  std::string answer;
  std::array<char, 4096> chunk;
  for (;;) {
    if (!Await(fd, POLLIN, deadline))
      return Late(url, answer.empty() ? "did not answer" : "had not ended its answer", deadline);
    const ssize_t got = recv(fd, chunk.data(), chunk.size(), 0);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) return absl::UnavailableError(absl::StrCat(url, " broke the connection: ", std::strerror(errno)));
    if (got == 0) break;
    progress.answer_began = true;
    answer.append(chunk.data(), static_cast<size_t>(got));
    if (answer.size() > most_bytes)
      return absl::ResourceExhaustedError(absl::StrCat(url, " sent more than ", most_bytes, " bytes"));
  }
  if (answer.empty()) return absl::UnavailableError(absl::StrCat(url, " hung up without a word"));
  return answer;
}

uint32_t SegmentBytes(int fd) {
  int bytes = 0;
  socklen_t size = sizeof bytes;
  return getsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &bytes, &size) == 0 && bytes > 0 ? static_cast<uint32_t>(bytes) : 0;
}

// Of a connection on which all was sent at once.
bool IsAcknowledged(int fd) {
  tcp_info info{};
  socklen_t size = sizeof info;
  return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_unacked == 0;
}

}  // namespace

absl::Status CheckHttpAddress(absl::string_view address) {
  if (!AddressesOf(address).empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("'", address, "' is no address to ask: write localhost:9099, 127.0.0.1:9099 or [::1]:9099"));
}

absl::StatusOr<std::string> HttpGet(absl::string_view address, absl::string_view path, const Deadline& deadline,
                                    size_t most_bytes) {
  const auto request = [&](const HttpProgress&) {
    return absl::StrCat("GET ", path, " HTTP/1.0\r\nHost: ", address, "\r\nUser-Agent: caliwatch\r\n\r\n");
  };
  HttpProgress progress;
  return HttpAsk(address, path, request, deadline, most_bytes, progress);
}

absl::StatusOr<std::string> HttpAsk(absl::string_view address, absl::string_view path, const RequestFor& request,
                                    const Deadline& deadline, size_t most_bytes, HttpProgress& progress) {
  const std::string url = absl::StrCat("http://", address, path);
  progress = {};
  if (absl::Status status = CheckHttpAddress(address); !status.ok()) return status;
  absl::StatusOr<UniqueFd> server;
  for (const SocketAddress& candidate : AddressesOf(address)) {
    server = Connect(candidate, url, deadline, progress);
    if (!absl::IsNotFound(server.status())) break;
  }
  if (!server.ok()) return server.status();
  progress.connected = true;
  progress.segment_bytes = SegmentBytes(server->get());
  const std::string text = request(progress);
  if (send(server->get(), text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
    return absl::UnavailableError(absl::StrCat(url, " hung up before it could be asked"));
  absl::StatusOr<std::string> answer = ReadToEnd(server->get(), url, deadline, most_bytes, progress);
  progress.acknowledged = IsAcknowledged(server->get());
  return answer;
}

}  // namespace caliwatch
