// SPDX-License-Identifier: Apache-2.0
#include "lib/node/felix_answers.h"

#include <absl/strings/str_cat.h>

#include "lib/decode/felix_health.h"
#include "test/support/catch.h"
#include "test/support/fake_felix.h"
#include "test/support/status_says.h"

namespace caliwatch {
namespace {

// Where nobody listens.
std::string FreeAddress() {
  int port = 0;
  ListenOnLoopback(port).Close();
  return absl::StrCat("127.0.0.1:", port);
}

const FakeFelix::Script kNotReady = [](FakeFelix::Client& client, const std::string& path) {
  client.Send(HttpAnswer(path == "/readiness" ? "503 Service Unavailable" : "200 OK", "table\n"));
};

TEST_CASE("both answers of Felix are one text, which can be read again") {
  const FakeFelix felix(kNotReady);
  const absl::StatusOr<std::string> text = AskFelix({felix.address});
  REQUIRE(text.ok());
  CHECK(*text == absl::StrCat("http://", felix.address, "/readiness\n",
                              HttpAnswer("503 Service Unavailable", "table\n"), "\nhttp://", felix.address,
                              "/liveness\n", HttpAnswer("200 OK", "table\n")));
  const absl::StatusOr<FelixHealth> health = FelixHealthFrom(*text);
  REQUIRE(health.ok());
  CHECK_FALSE(health->ready);
  CHECK(health->live);
  CHECK(felix.server.connections() == 2);
}

TEST_CASE("the first address where somebody listens is asked, and the others are not") {
  const FakeFelix felix(kNotReady), other(kNotReady);
  CHECK(AskFelix({FreeAddress(), felix.address, other.address}).ok());
  CHECK(other.server.connections() == 0);
}

TEST_CASE("where nobody listens, Felix is not there or its health is off; without an address it is not asked") {
  const std::string address = FreeAddress();
  const absl::Status nobody = AskFelix({address}).status();
  CHECK(absl::IsNotFound(nobody));
  CHECK(Says(nobody, absl::StrCat("nobody listens at ", address, ": Felix' health is off or at another port")));
  CHECK(absl::IsNotFound(AskFelix({}).status()));
  CHECK(Says(AskFelix({}).status(), "--felix.health-address"));
}

TEST_CASE("a redirect is an answer, and nobody follows it") {
  const FakeFelix elsewhere(kNotReady);
  const FakeFelix felix([&](FakeFelix::Client& client, const std::string&) {
    client.Send(absl::StrCat("HTTP/1.0 302 Found\r\nLocation: http://", elsewhere.address, "/readiness\r\n\r\n"));
  });
  const absl::StatusOr<std::string> text = AskFelix({felix.address});
  REQUIRE(text.ok());
  CHECK(absl::IsNotFound(FelixHealthFrom(*text).status()));
  CHECK(elsewhere.server.connections() == 0);
}

TEST_CASE("both answers share one time: a Felix that hangs at the second is left, too") {
  const FakeFelix felix([](FakeFelix::Client& client, const std::string& path) {
    if (path == "/readiness")
      client.Send(HttpAnswer("200 OK"));
    else
      client.WaitForHangUp();
  });
  const absl::Status status = AskFelix({felix.address}).status();
  CHECK(absl::IsDeadlineExceeded(status));
  CHECK(Says(status, "/liveness did not answer within 500ms"));
}

}  // namespace
}  // namespace caliwatch
