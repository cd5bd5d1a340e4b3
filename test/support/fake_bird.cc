// SPDX-License-Identifier: Apache-2.0
#include "test/support/fake_bird.h"

#include <cstdlib>

#include <sys/socket.h>
#include <sys/un.h>

namespace caliwatch {

UniqueFd ListenAt(const std::string& path, int backlog) {
  UniqueFd listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  unlink(path.c_str());
  if (bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener.get(), backlog) != 0)
    std::abort();
  return listener;
}

bool FakeBird::Client::Send(absl::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0) return false;
    text.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

std::string FakeBird::Client::ReadLine() {
  std::string line;
  for (char c; recv(fd_, &c, 1, 0) == 1 && c != '\n';) line += c;
  const std::lock_guard lock(bird_.mutex_);
  if (!line.empty()) bird_.lines_.push_back(line);
  return line;
}

void FakeBird::Client::WaitForHangUp() {
  while (!ReadLine().empty()) {
  }
}

void FakeBird::Client::Welcome() {
  Send("0001 BIRD 1.6.8 ready.\n");
  ReadLine();
  Send("0016 Access restricted\n");
}

FakeBird::FakeBird(const std::string& path, Script script) : FakeBird(ListenAt(path, 8), std::move(script)) {}

FakeBird::FakeBird(UniqueFd listener, Script script)
    : listener_(std::move(listener)), thread_([this, script = std::move(script)] { Serve(script); }) {}

FakeBird::~FakeBird() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    shutdown(listener_.get(), SHUT_RDWR);
    if (client_ >= 0) shutdown(client_, SHUT_RDWR);
  }
  thread_.join();
}

std::vector<std::string> FakeBird::lines() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

void FakeBird::Serve(const Script& script) {
  for (;;) {
    const UniqueFd accepted(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!accepted.is_open() || !Attend(accepted.get())) return;
    Client client(*this, accepted.get());
    script(client, connections_++);
    Attend(-1);
  }
}

bool FakeBird::Attend(int client) {
  const std::lock_guard lock(mutex_);
  client_ = client;
  return !ending_;
}

FakeBird::Script Answering(std::string answer) {
  return [answer = std::move(answer)](FakeBird::Client& client, int) {
    client.Welcome();
    while (!client.ReadLine().empty()) client.Send(answer);
  };
}

}  // namespace caliwatch
