// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/http_answer.h"

#include "test/support/catch.h"

namespace caliwatch {
namespace {

TEST_CASE("an answer has its code, its age and its body") {
  const auto answer = HttpAnswerFrom("HTTP/1.1 200 OK\r\nage: 7\r\nContent-Length: 4\r\n\r\n{}\r\n");
  REQUIRE(answer.ok());
  CHECK(answer->code == 200);
  CHECK(answer->age == absl::Seconds(7));
  CHECK(answer->body == "{}\r\n");
  CHECK_FALSE(HttpAnswerFrom("HTTP/1.0 503 Service Unavailable\r\n\r\n")->age.has_value());
  CHECK(HttpAnswerFrom("HTTP/1.0 503\n\nwait")->code == 503);
}

TEST_CASE("an age beyond all measure is a day, and one that is no number is unknown") {
  CHECK(HttpAnswerFrom("HTTP/1.0 200 OK\r\nAge: 18446744073709551615\r\n\r\n")->age == absl::Hours(24));
  CHECK_FALSE(HttpAnswerFrom("HTTP/1.0 200 OK\r\nAge: -1\r\n\r\n")->age.has_value());
}

TEST_CASE("what is no whole answer says why") {
  CHECK(absl::IsInvalidArgument(HttpAnswerFrom("SSH-2.0-OpenSSH_9.2\r\n").status()));
  CHECK(absl::IsInvalidArgument(HttpAnswerFrom("").status()));
  CHECK(absl::IsInvalidArgument(HttpAnswerFrom("HTTP/1.0 OK\r\n\r\n").status()));
  CHECK(absl::IsInvalidArgument(HttpAnswerFrom("HTTP/1.0 200 OK\r\nContent-Length: x\r\n\r\n").status()));
  CHECK(absl::IsDataLoss(HttpAnswerFrom("HTTP/1.0 200 OK\r\nAge: 7\r\n").status()));
  CHECK(absl::IsDataLoss(HttpAnswerFrom("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n{}").status()));
  CHECK(
      absl::IsUnimplemented(HttpAnswerFrom("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").status()));
}

}  // namespace
}  // namespace caliwatch
