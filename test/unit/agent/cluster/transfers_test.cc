// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/transfers.h"

#include <atomic>
#include <new>
#include <string>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "agent/http/gzip.h"
#include "test/support/catch.h"
#include "test/support/fake_http.h"

namespace caliwatch {
namespace {

using Client = FakeHttp::Client;
using Request = FakeHttp::Request;

FakeHttp Answering(std::string answer) {
  return FakeHttp([answer = std::move(answer)](const Client& client, const Request&) { client.Send(answer); });
}

absl::StatusOr<HttpReply> Ask(HttpCall call) { return Transfers().Ask(std::move(call)); }

TEST_CASE("a call brings the answer with its status, body and age") {
  FakeHttp server([](const Client& client, const Request& request) {
    client.Send(HttpReplyText("403 Forbidden", absl::StrCat(request.method, " ", request.target), "Age: 7\r\n"));
  });
  const auto reply = Ask({.url = server.url + "/pods?limit=5", .headers = {"Authorization: Bearer sesame"}});
  REQUIRE(reply.ok());
  CHECK(reply->status == 403);
  CHECK(reply->body == "GET /pods?limit=5");
  CHECK(reply->age == absl::Seconds(7));
  CHECK(server.requests()[0].headers.at("authorization") == "Bearer sesame");
  CHECK(Ask({.url = server.url, .post = "{}"})->body == "POST /");
  CHECK(server.requests()[1].body == "{}");
}

TEST_CASE("nobody listens: the error names the place, and neither the query nor a secret") {
  int port = 0;
  {
    port = FakeHttp([](const Client&, const Request&) {}).port;
  }
  const std::string url = absl::StrCat("http://127.0.0.1:", port, "/api?continue=hunter2");
  const absl::Status error = Ask({.url = url, .headers = {"Authorization: Bearer sesame"}}).status();
  CHECK(absl::IsUnavailable(error));
  CHECK(absl::StartsWith(error.message(), absl::StrCat("http://127.0.0.1:", port, ": ")));
  CHECK_FALSE(absl::StrContains(error.message(), "hunter2"));
  CHECK_FALSE(absl::StrContains(error.message(), "sesame"));
}

TEST_CASE("no address with a password is asked, nor told") {
  for (const char* url :
       {"https://admin:hunter2@10.0.0.1/", "ftp://hunter2", "file:///etc/hunter2", "hunter2", "http://"}) {
    INFO(url);
    const absl::Status error = Ask({.url = url}).status();
    CHECK(absl::IsInvalidArgument(error));
    CHECK_FALSE(absl::StrContains(error.message(), "hunter2"));
  }
}

TEST_CASE("a redirect is an answer, and nobody follows it with our token") {
  FakeHttp other = Answering(HttpReplyText("200 OK", "stolen"));
  FakeHttp server = Answering(HttpReplyText("302 Found", "", absl::StrCat("Location: ", other.url, "\r\n")));
  CHECK(Ask({.url = server.url, .headers = {"Authorization: Bearer sesame"}})->status == 302);
  CHECK(other.requests().empty());
}

TEST_CASE("too much is refused while it comes: a body, one that is packed, and headers") {
  FakeHttp endless([](const Client& client, const Request&) {
    client.Send(HttpStreamHead());
    while (client.Send(std::string(10'000, 'x'))) continue;
  });
  CHECK(absl::IsResourceExhausted(Ask({.url = endless.url, .most_bytes = 100'000}).status()));
  FakeHttp packed = Answering(HttpReplyText("200 OK", Gzip(std::string(1'000'000, 'x')), "Content-Encoding: gzip\r\n"));
  CHECK(absl::IsResourceExhausted(Ask({.url = packed.url, .most_bytes = 100'000}).status()));
  CHECK(Ask({.url = packed.url})->body.size() == 1'000'000);
  FakeHttp headers([](const Client& client, const Request&) {
    client.Send("HTTP/1.1 200 OK\r\n");
    while (client.Send(absl::StrCat("X-More: ", std::string(1'000, 'x'), "\r\n"))) continue;
  });
  CHECK(absl::IsResourceExhausted(Ask({.url = headers.url}).status()));
}

TEST_CASE("who is slow is waited for so long, byte by byte or not at all") {
  FakeHttp silent([](const Client& client, const Request&) { client.WaitForHangUp(); });
  CHECK(absl::IsDeadlineExceeded(Ask({.url = silent.url, .within = absl::Milliseconds(200)}).status()));
  FakeHttp slow([](const Client& client, const Request&) {
    client.Send(HttpStreamHead());
    while (client.Send("x")) absl::SleepFor(absl::Milliseconds(10));
  });
  CHECK(absl::IsDeadlineExceeded(Ask({.url = slow.url, .within = absl::Milliseconds(200)}).status()));
}

TEST_CASE("a connection that is not to be kept is closed when the answer has come, and another stays") {
  for (const bool keep_open : {false, true}) {
    std::atomic<bool> hung_up = false;
    FakeHttp server([&](const Client& client, const Request&) {
      client.Send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
      client.WaitForHangUp();
      hung_up = true;
    });
    {
      Transfers transfers;
      REQUIRE(transfers.Ask({.url = server.url, .keep_open = keep_open}).ok());
      for (int wait = 0; wait < (keep_open ? 20 : 1'000) && !hung_up; ++wait) absl::SleepFor(absl::Milliseconds(10));
      CHECK(hung_up != keep_open);
    }
  }
}

TEST_CASE("who hangs up, or is no HTTP server, is an error") {
  FakeHttp mute([](const Client&, const Request&) {});
  CHECK(absl::IsUnavailable(Ask({.url = mute.url}).status()));
  FakeHttp cut = Answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  CHECK(absl::IsUnavailable(Ask({.url = cut.url}).status()));
  FakeHttp other = Answering("220 mail.example ESMTP\r\n");
  CHECK_FALSE(Ask({.url = other.url}).ok());
  FakeHttp plain = Answering("HTTP/1.1 200 OK\r\n\r\n");
  CHECK_FALSE(Ask({.url = absl::StrCat("https://127.0.0.1:", plain.port), .within = absl::Milliseconds(500)}).ok());
}

TEST_CASE("certificates that are none are an error that does not show them") {
  HttpCall call{.url = "https://127.0.0.1:9"};
  call.tls = std::make_shared<const TlsIdentity>(TlsIdentity{.authority = "no certificate", .key = "hunter2-key"});
  const absl::Status error = Ask(std::move(call)).status();
  CHECK_FALSE(error.ok());
  CHECK_FALSE(absl::StrContains(error.message(), "hunter2"));
}

TEST_CASE("several go on at once, and one that ends may start another") {
  FakeHttp server = Answering(HttpReplyText("200 OK", "x"));
  FakeHttp silent([](const Client& client, const Request&) { client.WaitForHangUp(); });
  Transfers transfers;
  int ended = 0, late = 0;
  transfers.Start({.url = silent.url, .within = absl::Milliseconds(300)},
                  [&](const auto& reply) { late += !reply.ok(); });
  for (int number = 0; number < 20; ++number)
    transfers.Start({.url = server.url}, [&](const auto&) {
      transfers.Start({.url = server.url}, [&](const auto& reply) { ended += reply.ok(); });
    });
  CHECK(transfers.Ask({.url = server.url}).ok());
  transfers.RunUntil([&] { return transfers.running() == 0; });
  CHECK(ended == 20);
  CHECK(late == 1);
}

TEST_CASE("what an end throws reaches the caller when all that it waits for is over, and loses no other's end") {
  FakeHttp server = Answering(HttpReplyText("200 OK", "yes"));
  Transfers transfers;
  int ended = 0;
  for (int i = 0; i < 3; ++i)
    transfers.Start({.url = server.url}, [&](const absl::StatusOr<HttpReply>&) {
      if (++ended == 1) throw std::bad_alloc();
    });
  CHECK_THROWS_AS(transfers.RunUntil([&] { return ended == 3; }), std::bad_alloc);
  CHECK(ended == 3);
  CHECK(transfers.running() == 0);
}

TEST_CASE("what takes a stream and has no memory ends the transfer with that") {
  FakeHttp server = Answering(HttpReplyText("200 OK", "yes"));
  Transfers transfers;
  absl::Status outcome;
  transfers.Start(
      {.url = server.url}, [&](const absl::StatusOr<HttpReply>& reply) { outcome = reply.status(); },
      [](absl::string_view) -> absl::Status { throw std::bad_alloc(); });
  transfers.Run(absl::Seconds(10));
  CHECK(absl::IsResourceExhausted(outcome));
}

TEST_CASE("what libcurl does not take ends with the reason, and is not waited for") {
  FakeHttp server = Answering(HttpReplyText("200 OK", "yes"));
  Transfers transfers;
  absl::Status within = absl::UnknownError("not ended");
  // libcurl takes no call from within one of its own.
  transfers.Start(
      {.url = server.url}, [](const auto&) {},
      [&](absl::string_view) {
        transfers.Start({.url = server.url}, [&](const auto& reply) { within = reply.status(); });
        return absl::OkStatus();
      });
  transfers.Run(absl::Seconds(20));
  CHECK(transfers.running() == 0);
  CHECK(absl::IsUnavailable(within));
  CHECK(absl::StartsWith(within.message(), server.url));
}

TEST_CASE("a stream is taken as it comes, and what takes it may end it; an error's body is no stream") {
  FakeHttp server([](const Client& client, const Request& request) {
    if (request.target == "/no") client.Send(HttpReplyText("410 Gone", "too old"));
    client.Send(HttpStreamHead());
    while (client.Send("event\n")) absl::SleepFor(absl::Milliseconds(5));
  });
  Transfers transfers;
  std::string taken;
  absl::StatusOr<HttpReply> end = absl::UnknownError("not ended");
  const auto on_end = [&](absl::StatusOr<HttpReply> reply) { end = std::move(reply); };
  const auto on_bytes = [&](absl::string_view bytes) {
    absl::StrAppend(&taken, bytes);
    return taken.size() > 30 ? absl::DataLossError("enough") : absl::OkStatus();
  };
  transfers.Start({.url = server.url}, on_end, on_bytes);
  transfers.Run(absl::Seconds(20));
  CHECK(absl::IsDataLoss(end.status()));
  CHECK(absl::StartsWith(taken, "event\nevent\n"));
  taken.clear();
  transfers.Start({.url = server.url + "/no"}, on_end, on_bytes);
  transfers.Run(absl::Seconds(20));
  CHECK(end->status == 410);
  CHECK(end->body == "too old");
  CHECK(taken.empty());
}

TEST_CASE("transfers that run when all ends, end without a word") {
  FakeHttp silent([](const Client& client, const Request&) { client.WaitForHangUp(); });
  bool told = false;
  {
    Transfers transfers;
    transfers.Start({.url = silent.url}, [&](const auto&) { told = true; });
    transfers.Run(absl::Milliseconds(50));
    CHECK(transfers.running() == 1);
  }
  CHECK_FALSE(told);
}

}  // namespace
}  // namespace caliwatch
