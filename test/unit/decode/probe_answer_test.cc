// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/probe_answer.h"

#include <string>

#include <absl/strings/str_cat.h>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

const ProbeAnswer kAnswer{
    .node = "node-2.example", .tunnel_addresses = {*IpAddress::Parse("10.9.0.2")}, .asks_others = true};

std::string Http(const std::string& body, const std::string& status = "200 OK") {
  return absl::StrCat("HTTP/1.0 ", status, "\r\nContent-Type: text/plain\r\n\r\n", body);
}

TEST_CASE("what an agent answers is what another one reads, in any size") {
  for (const size_t bytes : {0, 1, 70, 5000}) {
    const std::string text = ProbeAnswerText(kAnswer, bytes);
    CHECK(text.size() >= bytes);
    CHECK(*ProbeAnswerFrom(Http(text), bytes) == kAnswer);
    CHECK(*ProbeAnswerFrom(Http(ProbeAnswerText({}, bytes)), bytes) == ProbeAnswer{});
  }
  CHECK(ProbeAnswerText(kAnswer, 5000).size() == 5000);
}

TEST_CASE("an answer of another kind, of another status, or cut short is none") {
  const std::string text = ProbeAnswerText(kAnswer, 100);
  CHECK(ProbeAnswerFrom(Http(text), 100).ok());
  for (const std::string& wrong : {std::string(), text, Http(""), Http("caliwatch probe 2\n\n"),
                                   Http("caliwatch probe 1"), Http(text, "404 Not Found"), Http(text, "503 200 "),
                                   Http(absl::StrCat(" ", text)), Http("caliwatch probe 1\nnode node2\n")}) {
    CAPTURE(wrong);
    CHECK_FALSE(ProbeAnswerFrom(wrong, 0).ok());
  }
  const absl::Status cut = ProbeAnswerFrom(Http(text.substr(0, 99)), 100).status();
  CHECK(cut.message() == "has 99 bytes of body, not 100");
}

TEST_CASE("a name that no node has, what is no address, and words that are not known are passed over") {
  const auto read = [](const std::string& lines) {
    return *ProbeAnswerFrom(Http("caliwatch probe 1\n" + lines + "\n"), 0);
  };
  CHECK(read("node \x1b[31mred\n").node.empty());
  CHECK(read(absl::StrCat("node ", std::string(254, 'a'), "\n")).node.empty());
  CHECK(read("tunnel everywhere\ntunnel 10.0.0.0/8\nweather fine\n") == ProbeAnswer{});
  std::string many;
  for (int i = 0; i < 100; ++i) absl::StrAppend(&many, "tunnel 10.9.0.", i, "\n");
  CHECK(read(many).tunnel_addresses.size() == ProbeAnswer::kMostTunnels);
}

TEST_CASE("what a node counted is told, and a device that has no device's name is passed over") {
  ProbeAnswer answer = kAnswer;
  answer.arrivals = ArrivalCounts{.damaged = 17, .received = {{"tunl0", 0}, {"vxlan.calico", 4711}}};
  CHECK(*ProbeAnswerFrom(Http(ProbeAnswerText(answer, 500)), 500) == answer);
  answer.arrivals = ArrivalCounts{};
  CHECK(*ProbeAnswerFrom(Http(ProbeAnswerText(answer, 0)), 0) == answer);
  const auto read = [](const std::string& lines) {
    return ProbeAnswerFrom(Http("caliwatch probe 1\n" + lines + "\n"), 0)->arrivals;
  };
  CHECK_FALSE(read("received tunl0 3\n").has_value());
  CHECK_FALSE(read("damaged -1\n").has_value());
  CHECK(read("damaged 1\nreceived tunl0\nreceived a.name.of.16.bytes 3\nreceived tunl0 3 4\n") ==
        ArrivalCounts{.damaged = 1});
  std::string many = "damaged 1\n";
  for (int i = 0; i < 100; ++i) absl::StrAppend(&many, "received tunl", i, " 1\n");
  CHECK(read(many)->received.size() == ProbeAnswer::kMostTunnels);
}

}  // namespace
}  // namespace caliwatch
