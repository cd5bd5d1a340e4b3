// SPDX-License-Identifier: Apache-2.0
#include "lib/node/agent_question.h"

#include <string>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "test/support/catch.h"
#include "test/support/fake_felix.h"

namespace caliwatch {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);

// An agent at the loopback, whose packets carry 32 KiB at least; its answer is no agent's, which is not judged here.
struct Agent {
  FakeFelix server{[](FakeFelix::Client& client, const std::string&) { client.Send(HttpAnswer("200 OK", "here")); }};
  HttpProgress progress;

  std::string Ask(const AgentQuestion& question) { return AskAgent(server.address, question, progress).value_or(""); }
  std::string Request() { return absl::StrJoin(server.server.lines(), "\n"); }
};

TEST_CASE("a small question is one small packet, and asks for a small answer") {
  Agent agent;
  CHECK(absl::EndsWith(agent.Ask({.within = kPatience}), "here"));
  CHECK(agent.server.server.lines() == std::vector<std::string>{"GET /api/v1/probe?size=0 HTTP/1.0\r",
                                                                absl::StrCat("Host: ", agent.server.address, "\r"),
                                                                "User-Agent: caliwatch\r", "\r"});
  CHECK(agent.progress.connected);
}

TEST_CASE("a large one fills a packet, of jumbo frames at most, and asks for an answer that does") {
  Agent agent;
  agent.Ask({.large = true, .within = kPatience});
  const std::string request = agent.Request();
  CHECK(agent.progress.segment_bytes > kLargestProbe);
  CHECK(absl::StartsWith(request, absl::StrCat("GET /api/v1/probe?size=", kLargestProbe, " HTTP/1.0\r\n")));
  CHECK(request.size() > kLargestProbe - 10);
  CHECK(request.size() <= kLargestProbe);
  CHECK(LargeAnswerFor(1448) == 1448);
}

TEST_CASE("that the way is in doubt is said") {
  Agent agent;
  agent.Ask({.in_doubt = true, .within = kPatience});
  CHECK(absl::StartsWith(agent.Request(), "GET /api/v1/probe?doubt=1&size=0 "));
}

TEST_CASE("one who takes the question and says nothing, says too much, or hangs up costs its time and no more") {
  HttpProgress progress;
  int port = 0;
  const UniqueFd silent = ListenOnLoopback(port);
  const auto quiet =
      AskAgent(absl::StrCat("127.0.0.1:", port), {.large = true, .within = absl::Milliseconds(50)}, progress);
  CHECK(absl::IsDeadlineExceeded(quiet.status()));
  CHECK(progress.connected);
  CHECK(progress.acknowledged);

  const FakeFelix endless([](FakeFelix::Client& client, const std::string&) {
    for (int i = 0; i < 100; ++i) client.Send(std::string(1000, 'x'));
  });
  CHECK(absl::IsResourceExhausted(AskAgent(endless.address, {.within = kPatience}, progress).status()));

  const FakeFelix mute([](FakeFelix::Client&, const std::string&) {});
  CHECK(absl::IsUnavailable(AskAgent(mute.address, {.within = kPatience}, progress).status()));
}

TEST_CASE("nobody there, and no way there, are two things") {
  HttpProgress progress;
  int port = 0;
  ListenOnLoopback(port).Close();
  CHECK(absl::IsNotFound(AskAgent(absl::StrCat("127.0.0.1:", port), {.within = kPatience}, progress).status()));
  CHECK_FALSE(progress.is_unreachable);
  CHECK_FALSE(progress.connected);
  // Nobody has a route to an address for documents: where a machine has one, nothing comes back.
  const absl::Status status = AskAgent("[2001:db8::1]:10179", {.within = absl::Milliseconds(50)}, progress).status();
  CHECK((progress.is_unreachable || absl::IsDeadlineExceeded(status)));
}

}  // namespace
}  // namespace caliwatch
