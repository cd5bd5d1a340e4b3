// SPDX-License-Identifier: Apache-2.0
#include "test/support/fake_felix.h"

#include <cstdlib>
#include <utility>
#include <vector>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace caliwatch {

UniqueFd ListenOnLoopback(int& port, int backlog) {
  UniqueFd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  socklen_t size = sizeof address;
  auto* name = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener.get(), name, size) != 0 || listen(listener.get(), backlog) != 0 ||
      getsockname(listener.get(), name, &size) != 0)
    std::abort();
  port = ntohs(address.sin_port);
  return listener;
}

FakeFelix::FakeFelix(Script script)
    : server(ListenOnLoopback(port),
             [script = std::move(script)](Client& client, int) {
               const std::vector<std::string> request = absl::StrSplit(client.ReadLine(), ' ');
               for (std::string line; line = client.ReadLine(), line.size() > 1;) {
               }
               if (request.size() == 3) script(client, request[1]);
             }),
      address(absl::StrCat("127.0.0.1:", port)) {}

std::string HttpAnswer(absl::string_view status, absl::string_view body) {
  return absl::StrCat("HTTP/1.0 ", status, "\r\nContent-Length: ", body.size(), "\r\n\r\n", body);
}

}  // namespace caliwatch
