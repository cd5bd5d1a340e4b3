// SPDX-License-Identifier: Apache-2.0
#include "agent/http/civet_ports.h"

#include <iostream>
#include <memory>
#include <string>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "agent/http/http_server.h"
#include "lib/node/unique_fd.h"
#include "test/support/catch.h"

namespace caliwatch {
namespace {

std::string Ports(const std::vector<std::string>& addresses, const absl::Status& ipv6) {
  const auto ports = CivetPorts(addresses, ipv6);
  return ports.ok() ? *ports : std::string(ports.status().message());
}

// Whether somebody takes a connection at the loopback address of the family.
bool IsHeard(int family, int port) {
  const UniqueFd client(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in ipv4{};
  ipv4.sin_family = AF_INET;
  ipv4.sin_port = htons(static_cast<uint16_t>(port));
  ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr_in6 ipv6{};
  ipv6.sin6_family = AF_INET6;
  ipv6.sin6_port = htons(static_cast<uint16_t>(port));
  ipv6.sin6_addr = in6addr_loopback;
  if (family == AF_INET) return connect(client.get(), reinterpret_cast<const sockaddr*>(&ipv4), sizeof ipv4) == 0;
  return connect(client.get(), reinterpret_cast<const sockaddr*>(&ipv6), sizeof ipv6) == 0;
}

TEST_CASE("a port alone is every address of both families, and of IPv4 where there is no IPv6") {
  CHECK(Ports({":10179"}, absl::OkStatus()) == "+10179");
  CHECK(Ports({":10179"}, absl::UnavailableError("this node has no IPv6")) == "0.0.0.0:10179");
}

TEST_CASE("an address that is named is listened on as it is, or refused with the reason") {
  const std::vector<std::string> named = {"0.0.0.0:1", "10.0.0.5:2", "[::]:3", "[fd00::1]:4"};
  CHECK(Ports(named, absl::OkStatus()) == "0.0.0.0:1,10.0.0.5:2,[::]:3,[fd00::1]:4");
  const absl::Status none = absl::UnavailableError("this node has no IPv6");
  CHECK(Ports({"0.0.0.0:1", "10.0.0.5:2"}, none) == "0.0.0.0:1,10.0.0.5:2");
  for (const char* text : {"[::]:3", "[fd00::1]:4"}) {
    CHECK(absl::IsUnavailable(CivetPorts({":1", text}, none).status()));
    CHECK(Ports({":1", text}, none) ==
          absl::StrCat("cannot listen on ", text, ": this node has no IPv6; give an IPv4 address"));
  }
}

TEST_CASE("a port alone is heard at 127.0.0.1 and ::1, and at 127.0.0.1 where there is no IPv6") {
  const auto echo = [](const HttpRequest&) { return HttpResponse{.body = std::make_shared<const std::string>()}; };
  const auto server = HttpServer::Start({":0"}, echo);
  REQUIRE(server.ok());
  REQUIRE((*server)->ports().size() == 1);
  const int port = (*server)->ports()[0];
  CHECK(IsHeard(AF_INET, port));
  // A machine may have IPv6, but no address, not even ::1.
  const UniqueFd probe(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in6 loopback{};
  loopback.sin6_family = AF_INET6;
  loopback.sin6_addr = in6addr_loopback;
  const bool has_loopback = bind(probe.get(), reinterpret_cast<const sockaddr*>(&loopback), sizeof loopback) == 0;
  CHECK(IsHeard(AF_INET6, port) == (Ipv6Support().ok() && has_loopback));
}

}  // namespace
}  // namespace caliwatch
