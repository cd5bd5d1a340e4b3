// SPDX-License-Identifier: Apache-2.0
#include "lib/node/http_get.h"

#include <vector>

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "test/support/catch.h"
#include "test/support/fake_felix.h"
#include "test/support/status_says.h"

namespace caliwatch {
namespace {

constexpr size_t kMost = 64 << 10;

// What is got from a server that gives it more than this test needs of time.
absl::StatusOr<std::string> Get(const std::string& address) {
  return HttpGet(address, "/readiness", Deadline(absl::Seconds(30)), kMost);
}

absl::StatusOr<std::string> GetInAMoment(const std::string& address) {
  return HttpGet(address, "/readiness", Deadline(absl::Milliseconds(50)), kMost);
}

TEST_CASE("an answer comes as it was sent, and the request is one of HTTP/1.0") {
  const std::string said = HttpAnswer("503 Service Unavailable", std::string("bytes\0\xff", 7));
  const FakeFelix felix([&](FakeFelix::Client& client, const std::string& path) {
    if (path == "/readiness") client.Send(said);
  });
  CHECK(*Get(felix.address) == said);
  CHECK(felix.server.lines() == std::vector<std::string>{"GET /readiness HTTP/1.0\r",
                                                         absl::StrCat("Host: ", felix.address, "\r"),
                                                         "User-Agent: caliwatch\r", "\r"});
}

TEST_CASE("an address is one of IPv4, of IPv6 in brackets, or localhost, each with its port, and nothing else") {
  for (const char* address : {"127.0.0.1:9099", "10.0.0.1:1", "[::1]:9199", "localhost:65535"})
    CHECK(CheckHttpAddress(address) == absl::OkStatus());
  for (const char* address : {"", ":", ":9099", "localhost", "localhost:", "localhost:0", "localhost:65536",
                              "localhost:x", "::1:9099", "[127.0.0.1]:9099", "[::1:9099", "felix.example:9099",
                              "http://localhost:9099", "127.0.0.1:9099/readiness", "1.2.3:9099"}) {
    CAPTURE(address);
    CHECK(Says(CheckHttpAddress(address), absl::StrCat("'", address, "' is no address to ask: write localhost:9099")));
    CHECK(absl::IsInvalidArgument(Get(address).status()));
  }
}

TEST_CASE("localhost is 127.0.0.1, and where nobody listens is told from who does not answer") {
  const FakeFelix felix([](FakeFelix::Client& client, const std::string&) { client.Send(HttpAnswer("200 OK")); });
  CHECK(Get(absl::StrCat("localhost:", felix.port)).ok());

  int port = 0;
  ListenOnLoopback(port).Close();
  const absl::Status status = Get(absl::StrCat("localhost:", port)).status();
  CHECK(absl::IsNotFound(status));
  CHECK(Says(status, absl::StrCat("nobody listens at http://localhost:", port, "/readiness")));
}

TEST_CASE("localhost is ::1 where nobody listens at 127.0.0.1") {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  socklen_t size = sizeof address;
  auto* name = reinterpret_cast<sockaddr*>(&address);
  const UniqueFd listener(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (bind(listener.get(), name, size) != 0) return;  // a machine without IPv6
  REQUIRE(listen(listener.get(), 1) == 0);
  REQUIRE(getsockname(listener.get(), name, &size) == 0);
  const int port = ntohs(address.sin6_port);
  CHECK(absl::IsDeadlineExceeded(GetInAMoment(absl::StrCat("localhost:", port)).status()));
  CHECK(absl::IsDeadlineExceeded(GetInAMoment(absl::StrCat("[::1]:", port)).status()));
  CHECK(absl::IsNotFound(GetInAMoment(absl::StrCat("127.0.0.1:", port)).status()));
}

TEST_CASE("a server that takes no connection, or says nothing, is left when the time is over") {
  int port = 0;
  const UniqueFd silent = ListenOnLoopback(port, 0);
  const std::string address = absl::StrCat("127.0.0.1:", port);
  const absl::Status status = GetInAMoment(address).status();
  CHECK(absl::IsDeadlineExceeded(status));
  CHECK(Says(status, "/readiness did not answer within 50ms"));
  // Its queue is full now: the first connection is still in it.
  GetInAMoment(address).IgnoreError();
  CHECK(Says(GetInAMoment(address).status(), "/readiness took no connection within 50ms"));
}

TEST_CASE("a server that goes on byte by byte is left when the time is over") {
  const FakeFelix felix([](FakeFelix::Client& client, const std::string&) {
    while (client.Send("x")) absl::SleepFor(absl::Milliseconds(1));
  });
  const absl::Status status = GetInAMoment(felix.address).status();
  CHECK(absl::IsDeadlineExceeded(status));
  CHECK(Says(status, "/readiness had not ended its answer within 50ms"));
}

TEST_CASE("a server that keeps the connection after its answer is left when the time is over") {
  const FakeFelix felix([](FakeFelix::Client& client, const std::string&) {
    client.Send(HttpAnswer("200 OK"));
    client.WaitForHangUp();
  });
  CHECK(absl::IsDeadlineExceeded(GetInAMoment(felix.address).status()));
}

TEST_CASE("an answer may be as long as asked for, and not a byte longer") {
  const auto answering = [](size_t size) {
    return [size](FakeFelix::Client& client, const std::string&) { client.Send(std::string(size, 'x')); };
  };
  const FakeFelix shorter(answering(kMost)), longer(answering(kMost + 1));
  CHECK(Get(shorter.address)->size() == kMost);
  CHECK(absl::IsResourceExhausted(Get(longer.address).status()));
}

TEST_CASE("of a server that never ends, no more is kept than asked for") {
  const FakeFelix felix([](FakeFelix::Client& client, const std::string&) {
    while (client.Send(std::string(4096, 'x'))) {
    }
  });
  const absl::Status status = Get(felix.address).status();
  CHECK(absl::IsResourceExhausted(status));
  CHECK(Says(status, "/readiness sent more than 65536 bytes"));
}

TEST_CASE("a server that hangs up at once says so") {
  const FakeFelix felix([](FakeFelix::Client&, const std::string&) {});
  const absl::Status status = Get(felix.address).status();
  CHECK(absl::IsUnavailable(status));
  CHECK(Says(status, "/readiness hung up without a word"));
}

TEST_CASE("half an answer comes as it is: who reads it knows where it should end") {
  const FakeFelix felix([](FakeFelix::Client& client, const std::string&) { client.Send("HTTP/1.0 200 O"); });
  CHECK(*Get(felix.address) == "HTTP/1.0 200 O");
}

}  // namespace
}  // namespace caliwatch
