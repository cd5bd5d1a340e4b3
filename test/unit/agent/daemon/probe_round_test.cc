// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/probe_round.h"

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <absl/strings/str_cat.h>

#include "test/support/catch.h"
#include "test/support/fake_felix.h"

namespace caliwatch {
namespace {

const IpAddress kNode = *IpAddress::Parse("10.0.0.2"), kTunnel = *IpAddress::Parse("10.9.0.2");
const ProbeTarget kTarget{.address = kNode, .tunnel_address = kTunnel, .tunnel = "vxlan.calico"};

AskedNode Answers() {
  return {.result = ProbeResult::kAnswered,
          .took = absl::Milliseconds(2),
          .answer = {.node = "node2", .tunnel_addresses = {kTunnel}, .asks_others = true}};
}

AskedNode Says(ProbeResult result) { return {.result = result}; }

// How the network and the node at its other end do, and what was asked.
struct World {
  std::function<AskedNode(bool tunnel, const AgentQuestion& question)> answer = [](bool, const AgentQuestion&) {
    return Answers();
  };
  std::vector<std::string> asked = {};
  std::function<std::optional<ArrivalCounts>()> count = [] { return std::nullopt; };

  NodeProbe Ask(const ProbeTarget& target = kTarget) {
    const auto ask = [&](const IpAddress& address, const AgentQuestion& question) {
      const bool tunnel = address == kTunnel;
      asked.push_back(absl::StrCat(tunnel ? "tunnel" : "node", question.large ? " large" : " small",
                                   question.in_doubt ? " doubt" : "", question.counts ? " counts" : ""));
      return answer(tunnel, question);
    };
    return AskInOneRound(target, ask, [&](const std::string& device) {
      CHECK(device == target.tunnel);
      return count();
    });
  }
};

// A node behind a tunnel that loses all, which counts what comes there.
AskedNode Counts(const ArrivalCounts& counts) {
  AskedNode asked = Answers();
  asked.answer.arrivals = counts;
  return asked;
}
using Asked = std::vector<std::string>;

TEST_CASE("a node that is well is asked twice, in large packets") {
  World world;
  const NodeProbe round = world.Ask();
  CHECK(world.asked == Asked{"node large", "tunnel large"});
  CHECK(round.target == kTarget);
  CHECK(round.node ==
        ProbeOutcome{.result = ProbeResult::kAnswered, .took = absl::Milliseconds(2), .answered_as = "node2"});
  CHECK(round.overlay == round.node);
  CHECK(round.tunnel_addresses == std::vector{kTunnel});
  CHECK(round.asks_others);
}

TEST_CASE("without a tunnel it is asked once") {
  World world;
  CHECK_FALSE(world.Ask({.address = kNode}).overlay);
  CHECK(world.asked == Asked{"node large"});
}

TEST_CASE("a tunnel that loses everything is tried in both sizes, and the node is then told of the doubt") {
  World world{
      .answer = [](bool tunnel, const AgentQuestion&) { return tunnel ? Says(ProbeResult::kNoAnswer) : Answers(); }};
  const NodeProbe round = world.Ask();
  CHECK(world.asked ==
        Asked{"node large", "tunnel large", "node small counts", "tunnel small", "node small doubt counts"});
  CHECK(round.node.result == ProbeResult::kAnswered);
  CHECK(round.overlay->result == ProbeResult::kNoAnswer);
}

TEST_CASE("while a tunnel that loses everything is tried in a small packet, both ends count") {
  uint64_t there = 10, here = 7;
  World world{.answer =
                  [&](bool tunnel, const AgentQuestion& question) {
                    if (!tunnel) return question.counts ? Counts({there, {{"vxlan.calico", 5 * there}}}) : Answers();
                    if (question.large) return Says(ProbeResult::kNoAnswer);
                    there += 2;
                    here += 1;
                    return Says(ProbeResult::kNoAnswer);
                  },
              .count = [&] { return ArrivalCounts{.damaged = here}; }};
  CHECK(world.Ask().overlay->trial == TunnelTrial{.damaged_there = 2, .damaged_here = 1, .received_there = 10});
  SECTION("of a machine that booted meanwhile nothing is known to have come") {
    world.answer = [&](bool tunnel, const AgentQuestion& question) {
      if (tunnel) return Says(ProbeResult::kNoAnswer);
      return question.counts ? Counts({there--, {}}) : Answers();
    };
    CHECK(world.Ask().overlay->trial == TunnelTrial{});
  }
}

TEST_CASE("where one of both does not count, nothing is concluded from it") {
  int counted = 0, most = 2;
  World world{.answer =
                  [&](bool tunnel, const AgentQuestion& question) {
                    if (tunnel) return Says(ProbeResult::kNoAnswer);
                    return question.counts && ++counted <= most ? Counts({}) : Answers();
                  },
              .count = [] { return ArrivalCounts{}; }};
  SECTION("the node does not") { most = 0; }
  SECTION("it does no more") { most = 1; }
  SECTION("this machine does not") {
    world.count = [] { return std::nullopt; };
  }
  const NodeProbe round = world.Ask();
  CHECK(round.overlay->result == ProbeResult::kNoAnswer);
  CHECK_FALSE(round.overlay->trial.has_value());
}

TEST_CASE("large packets are lost where small ones pass between two large ones that do not") {
  World world{.answer = [](bool tunnel, const AgentQuestion& question) {
    return tunnel && question.large ? Says(ProbeResult::kNoAnswer) : Answers();
  }};
  NodeProbe round = world.Ask();
  CHECK(world.asked == Asked{"node large", "tunnel large", "node small counts", "tunnel small", "tunnel large",
                             "node small doubt counts"});
  CHECK(round.overlay->result == ProbeResult::kSmallOnly);
  CHECK(round.overlay->answered_as == "node2");
  CHECK_FALSE(round.overlay->large_arrived);
  world.answer = [](bool tunnel, const AgentQuestion& question) {
    return tunnel && question.large ? AskedNode{.result = ProbeResult::kNoAnswer, .answer_began = true} : Answers();
  };
  CHECK(world.Ask().overlay->large_arrived);
}

TEST_CASE("a bad moment is forgiven") {
  int questions = 0;
  World world{.answer = [&](bool, const AgentQuestion&) {
    return ++questions == 1 ? Says(ProbeResult::kNoAnswer) : Answers();
  }};
  CHECK(world.Ask().node.result == ProbeResult::kAnswered);
  CHECK(world.asked == Asked{"node large", "node small", "node large", "tunnel large"});
}

TEST_CASE("one that does not answer at its own address is not asked through the tunnel") {
  for (const ProbeResult result :
       {ProbeResult::kNoAnswer, ProbeResult::kUnreachable, ProbeResult::kRefused, ProbeResult::kInvalid}) {
    World world{.answer = [&](bool, const AgentQuestion&) { return Says(result); }};
    const NodeProbe round = world.Ask();
    CHECK(round.node.result == result);
    CHECK_FALSE(round.overlay);
    CHECK(world.asked.size() == (result == ProbeResult::kNoAnswer ? 2 : 1));
  }
}

TEST_CASE("one that went while the tunnel was tried is not judged") {
  World world{.answer = [](bool tunnel, const AgentQuestion& question) {
    if (tunnel) return Says(ProbeResult::kNoAnswer);
    return question.in_doubt ? Says(ProbeResult::kRefused) : Answers();
  }};
  const NodeProbe round = world.Ask();
  CHECK(round.node.result == ProbeResult::kRefused);
  CHECK_FALSE(round.overlay);
}

IpAddress Loopback() { return *IpAddress::Parse("127.0.0.1"); }

AskedNode AskFake(const FakeFelix::Script& script, const AgentQuestion& question = {.within = absl::Seconds(30)}) {
  const FakeFelix agent(script);
  return AskOverTcp(Loopback(), static_cast<uint16_t>(agent.port), question);
}

TEST_CASE("over TCP, an agent's answer is read, and any other is invalid") {
  const AskedNode asked = AskFake([](FakeFelix::Client& client, const std::string&) {
    client.Send(HttpAnswer("200 OK", ProbeAnswerText({.node = "node2"}, 0)));
  });
  CHECK(asked.result == ProbeResult::kAnswered);
  CHECK(asked.answer.node == "node2");
  CHECK(asked.took > absl::ZeroDuration());
  for (const std::string& wrong : {HttpAnswer("404 Not Found", "no such page"), HttpAnswer("200 OK", "<html>"),
                                   std::string("SSH-2.0-OpenSSH\r\n"), std::string(100'000, 'x'), std::string()})
    CHECK(AskFake([&](FakeFelix::Client& client, const std::string&) {
            if (!wrong.empty()) client.Send(wrong);
          }).result == ProbeResult::kInvalid);
}

TEST_CASE("a large answer that comes cut short is invalid") {
  const auto cut = [](FakeFelix::Client& client, const std::string&) {
    client.Send(HttpAnswer("200 OK", ProbeAnswerText({}, 500)));
  };
  CHECK(AskFake(cut, {.large = true, .within = absl::Seconds(30)}).result == ProbeResult::kInvalid);
}

TEST_CASE("silence after the question arrived is a slow agent's; a large answer that does not end got lost") {
  int port = 0;
  const UniqueFd silent = ListenOnLoopback(port);
  for (const bool large : {true, false})
    CHECK(AskOverTcp(Loopback(), static_cast<uint16_t>(port), {.large = large, .within = absl::Milliseconds(50)})
              .result == ProbeResult::kInvalid);

  std::atomic<bool> may_end = false;
  const FakeFelix cut([&](FakeFelix::Client& client, const std::string&) {
    client.Send("HTTP/1.0 200 OK\r\n\r\n");
    may_end.wait(false);
  });
  const AskedNode asked =
      AskOverTcp(Loopback(), static_cast<uint16_t>(cut.port), {.large = true, .within = absl::Milliseconds(500)});
  may_end = true;
  may_end.notify_all();
  CHECK(asked.result == ProbeResult::kNoAnswer);
  CHECK(asked.answer_began);
}

TEST_CASE("where nobody listens, and where nobody accepts any more") {
  int port = 0;
  const UniqueFd full = ListenOnLoopback(port, 0);
  const auto ask = [&] {
    return AskOverTcp(Loopback(), static_cast<uint16_t>(port), {.within = absl::Milliseconds(50)}).result;
  };
  ask();
  CHECK(ask() == ProbeResult::kNoAnswer);  // its queue is full: the first is still in it
  ListenOnLoopback(port).Close();
  CHECK(ask() == ProbeResult::kRefused);
}

}  // namespace
}  // namespace caliwatch
