// SPDX-License-Identifier: Apache-2.0
#include "test/support/fake_http.h"

#include <array>
#include <utility>

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <sys/socket.h>

#include "test/support/fake_felix.h"

namespace caliwatch {
namespace {

// Empty: the client hung up.
std::string Receive(int fd) {
  std::array<char, 4096> chunk;
  const ssize_t got = recv(fd, chunk.data(), chunk.size(), 0);
  return got > 0 ? std::string(chunk.data(), static_cast<size_t>(got)) : std::string();
}

FakeHttp::Request HeadOf(const std::string& head) {
  FakeHttp::Request request;
  const std::vector<std::string> lines = absl::StrSplit(head, "\r\n");
  const std::vector<std::string> first = absl::StrSplit(lines[0], ' ');
  if (first.size() == 3) request.method = first[0], request.target = first[1];
  for (size_t at = 1; at < lines.size(); ++at) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(lines[at], absl::MaxSplits(": ", 1));
    request.headers[absl::AsciiStrToLower(parts.first)] = parts.second;
  }
  return request;
}

FakeHttp::Request ReadRequest(int fd) {
  std::string text;
  size_t end;
  while ((end = text.find("\r\n\r\n")) == std::string::npos) {
    const std::string more = Receive(fd);
    if (more.empty()) return {};
    text += more;
  }
  FakeHttp::Request request = HeadOf(text.substr(0, end));
  size_t length = 0;
  if (!absl::SimpleAtoi(request.headers["content-length"], &length)) length = 0;
  request.body = text.substr(end + 4);
  while (request.body.size() < length) {
    const std::string more = Receive(fd);
    if (more.empty()) break;
    request.body += more;
  }
  return request;
}

}  // namespace

bool FakeHttp::Client::Send(absl::string_view text) const {
  while (!text.empty()) {
    const ssize_t sent = send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

void FakeHttp::Client::WaitForHangUp() const {
  while (!Receive(fd_).empty()) continue;
}

FakeHttp::FakeHttp(Script script)
    : script_(std::move(script)), listener_(ListenOnLoopback(port, 64)), accepting_([this] { Accept(); }) {
  url = absl::StrCat("http://127.0.0.1:", port);
}

FakeHttp::~FakeHttp() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    for (const UniqueFd& fd : connections_) shutdown(fd.get(), SHUT_RDWR);
  }
  shutdown(listener_.get(), SHUT_RDWR);
  accepting_.join();
  for (std::thread& thread : serving_) thread.join();
}

std::vector<FakeHttp::Request> FakeHttp::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void FakeHttp::Accept() {
  for (;;) {
    UniqueFd fd(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const std::lock_guard lock(mutex_);
    if (!fd.is_open() || ending_) return;
    connections_.push_back(std::move(fd));
    serving_.emplace_back([this, socket = connections_.back().get()] { Serve(socket); });
  }
}

void FakeHttp::Serve(int fd) {
  const Request request = ReadRequest(fd);
  if (!request.method.empty()) {
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    script_(Client(fd), request);
  }
  shutdown(fd, SHUT_RDWR);
}

std::string HttpReplyText(absl::string_view status, absl::string_view body, absl::string_view headers) {
  return absl::StrCat("HTTP/1.1 ", status, "\r\nContent-Length: ", body.size(), "\r\nConnection: close\r\n", headers,
                      "\r\n", body);
}

std::string HttpStreamHead() { return "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"; }

}  // namespace caliwatch
