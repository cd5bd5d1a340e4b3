// SPDX-License-Identifier: Apache-2.0
#include "agent/http/http_server.h"

#include <list>
#include <string>
#include <thread>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "lib/node/unique_fd.h"
#include "test/support/catch.h"

namespace caliwatch {
namespace {

// A connection from `source` to a port of 127.0.0.1.
class Client {
 public:
  explicit Client(int port, const char* source = "127.0.0.1")
      : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = inet_addr(source);
    REQUIRE(bind(socket_.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }

  Client& Send(absl::string_view bytes) {
    REQUIRE(send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
    return *this;
  }

  std::string ReadToEnd() {
    std::string all;
    char piece[4096];
    for (ssize_t got = 0; (got = recv(socket_.get(), piece, sizeof piece, 0)) > 0;)
      all.append(piece, static_cast<size_t>(got));
    return all;
  }

  // The server has neither answered nor hung up yet.
  bool IsWaiting() const {
    char byte = 0;
    return recv(socket_.get(), &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0;
  }

 private:
  UniqueFd socket_;
};

HttpResponse Echo(const HttpRequest& request) {
  const int status = request.method == "GET" || request.method == "HEAD" ? 200 : 405;
  return {.status = status,
          .headers = {{"Content-Type", "text/plain"}},
          .body = std::make_shared<const std::string>(
              absl::StrCat(request.method, " ", request.path, " [", request.accept_encoding, "]"))};
}

class Server {
 public:
  explicit Server(HttpHandler handler = Echo, HttpServerOptions options = {}) {
    auto started = HttpServer::Start({"127.0.0.1:0"}, std::move(handler), options);
    REQUIRE(started.ok());
    server_ = *std::move(started);
  }
  int port() const { return server_->ports().at(0); }
  std::string Ask(absl::string_view request) const { return Client(port()).Send(request).ReadToEnd(); }

 private:
  std::unique_ptr<HttpServer> server_;
};

TEST_CASE("a request reaches the handler with its method, its path without query, and what it accepts") {
  const Server server;
  const std::string answer =
      server.Ask("GET /met%72ics?x=1 HTTP/1.1\r\nHost: n\r\nAccept-Encoding: gzip;q=0.5\r\n\r\n");
  CHECK(absl::StartsWith(answer, "HTTP/1.1 200 OK\r\n"));
  CHECK(absl::EndsWith(answer, "\r\n\r\nGET /metrics [gzip;q=0.5]"));
  CHECK(absl::StrContains(answer, "Content-Length: 25\r\n"));
  CHECK(absl::StrContains(answer, "X-Content-Type-Options: nosniff\r\n"));
  CHECK(absl::StrContains(answer, "Connection: close\r\n"));
  CHECK(absl::StrContains(answer, "Date: "));
  CHECK_FALSE(absl::StrContains(answer, "Server:"));
}

TEST_CASE("HEAD gets the headers of GET and no body") {
  const Server server;
  const std::string answer = server.Ask("HEAD / HTTP/1.1\r\nHost: n\r\n\r\n");
  CHECK(absl::StrContains(answer, "Content-Length: 9\r\n"));
  CHECK(absl::EndsWith(answer, "\r\n\r\n"));
}

TEST_CASE("a request with a body is refused without waiting for the body") {
  const Server server;
  for (const char* framing : {"Content-Length: 1000000", "Transfer-Encoding: chunked"}) {
    INFO(framing);
    // It never sends the body, nor hangs up: the answer can only end because the server ends it.
    const std::string posted = server.Ask(absl::StrCat("POST / HTTP/1.1\r\nHost: n\r\n", framing, "\r\n\r\n"));
    CHECK(absl::StartsWith(posted, "HTTP/1.1 405 "));
    CHECK(absl::StrContains(posted, "Allow: GET, HEAD\r\n"));
    CHECK(absl::StrContains(posted, "X-Content-Type-Options: nosniff\r\n"));
    const std::string got = server.Ask(absl::StrCat("GET / HTTP/1.1\r\nHost: n\r\n", framing, "\r\n\r\n"));
    CHECK(absl::StartsWith(got, "HTTP/1.1 413 "));
  }
}

TEST_CASE("what is no HTTP gets a 400, and the server goes on") {
  const Server server;
  for (const char* junk : {"junk\r\n\r\n", "\xff\xfe\r\n\r\n", "GET\r\n\r\n", "FOO / HTTP/1.1\r\nHost: n\r\n\r\n"})
    CHECK(absl::StrContains(server.Ask(junk), " 400 Bad Request\r\n"));
  CHECK(absl::StrContains(server.Ask(absl::StrCat("GET / HTTP/1.1\r\nX: ", std::string(20000, 'a'), "\r\n\r\n")),
                          " 400 "));
  CHECK(absl::StartsWith(server.Ask("GET / HTTP/1.0\r\n\r\n"), "HTTP/1.0 200 OK\r\n"));
}

TEST_CASE("an answer repeats nothing of what is no request, not even its version") {
  const Server server;
  for (const absl::string_view version : {"0.1", "9.9", "1.1\x01", "evil"}) {
    const std::string answer = server.Ask(absl::StrCat("GET / HTTP/", version, "\r\nHost: x\r\n\r\n"));
    INFO(answer);
    CHECK((absl::StartsWith(answer, "HTTP/1.1 505 ") || absl::StartsWith(answer, "HTTP/1.1 400 ")));
    CHECK_FALSE(absl::StrContains(answer, version == "evil" ? "evil" : absl::StrCat("[", version)));
    CHECK(absl::StrContains(answer, "X-Content-Type-Options: nosniff\r\n"));
  }
}

TEST_CASE("clients who never finish their request hold no thread") {
  const Server server(Echo, {.threads = 2});
  std::list<Client> silent;
  for (int i = 0; i < 12; ++i) silent.emplace_back(server.port()).Send("GET /metr");
  CHECK(absl::StartsWith(server.Ask("GET / HTTP/1.1\r\nHost: n\r\n\r\n"), "HTTP/1.1 200 OK\r\n"));
  for (const Client& client : silent) CHECK(client.IsWaiting());  // so they were held while the other was served
}

TEST_CASE("clients who read nothing leave threads for others") {
  const auto body = std::make_shared<const std::string>(32'000'000, 'x');  // more than the kernel keeps for them
  const Server server(
      [body](const HttpRequest& request) {
        return request.path == "/large" ? HttpResponse{.body = body} : Echo(request);
      },
      {.threads = 4});
  std::list<Client> deaf;
  for (int i = 0; i < 12; ++i) deaf.emplace_back(server.port()).Send("GET /large HTTP/1.1\r\nHost: n\r\n\r\n");
  Client other(server.port(), "127.0.0.2");
  CHECK(absl::StartsWith(other.Send("GET / HTTP/1.1\r\nHost: n\r\n\r\n").ReadToEnd(), "HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("who wants to upgrade to another protocol gets a whole answer in this one") {
  const Server server;
  for (const char* protocol : {"websocket", "h2c"}) {
    const std::string answer = server.Ask(
        absl::StrCat("GET / HTTP/1.1\r\nHost: n\r\nConnection: Upgrade\r\nUpgrade: ", protocol,
                     "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
    CHECK(absl::StartsWith(answer, "HTTP/1.1 200 OK\r\n"));
    CHECK(absl::StrContains(answer, "Content-Length: 8\r\n"));
    CHECK(absl::EndsWith(answer, "\r\n\r\nGET / []"));
  }
}

TEST_CASE("the handler hears by which name the server was called, and which language is wanted") {
  const Server server([](const HttpRequest& request) {
    return HttpResponse{
        .body = std::make_shared<const std::string>(absl::StrCat(request.host, " ", request.accept_language))};
  });
  CHECK(absl::EndsWith(server.Ask("GET / HTTP/1.1\r\nHost: node1:80\r\nAccept-Language: de\r\n\r\n"),
                       "\r\n\r\nnode1:80 de"));
}

TEST_CASE("many clients at once each get a whole answer") {
  const std::string large(1'000'000, 'x');
  const auto body = std::make_shared<const std::string>(large);
  const Server server([body](const HttpRequest&) { return HttpResponse{.body = body}; });
  std::vector<std::string> answers(12);
  {
    std::vector<std::jthread> clients;
    for (std::string& answer : answers)
      clients.emplace_back(
          [&] { answer = Client(server.port()).Send("GET / HTTP/1.1\r\nHost: n\r\n\r\n").ReadToEnd(); });
  }
  for (const std::string& answer : answers) CHECK(absl::EndsWith(answer, absl::StrCat("\r\n\r\n", large)));
}

TEST_CASE("an address that is taken is named, with what to do") {
  const Server server;
  const std::string taken = absl::StrCat("127.0.0.1:", server.port());
  const auto second = HttpServer::Start({taken}, Echo);
  CHECK(absl::IsUnavailable(second.status()));
  CHECK(absl::StrContains(second.status().message(), absl::StrCat("cannot listen on ", taken)));
  CHECK(absl::StrContains(second.status().message(), "Address already in use"));
  CHECK(absl::StrContains(second.status().message(), "--web.listen-address"));
  // All or none.
  CHECK_FALSE(HttpServer::Start({"127.0.0.1:0", taken}, Echo).ok());
}

TEST_CASE("several addresses are all listened on") {
  const auto server = HttpServer::Start({"127.0.0.1:0", ":0"}, Echo);
  REQUIRE(server.ok());
  REQUIRE((*server)->ports().size() == 2);
  for (int port : (*server)->ports())
    CHECK(absl::StartsWith(Client(port).Send("GET / HTTP/1.1\r\nHost: n\r\n\r\n").ReadToEnd(), "HTTP/1.1 200 OK"));
}

TEST_CASE("an IPv6 address is listened on, or refused because the library has no IPv6") {
  const auto server = HttpServer::Start({"[::1]:0"}, Echo);
  if (server.ok()) {
    CHECK((*server)->ports().size() == 1);
  } else {
    CHECK(absl::IsUnimplemented(server.status()));
    CHECK(absl::StrContains(server.status().message(), "cannot listen on [::1]:0"));
    CHECK(absl::StrContains(server.status().message(), "without IPv6"));
  }
}

}  // namespace
}  // namespace caliwatch
