// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/probe_schedule.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <absl/strings/str_cat.h>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

IpAddress At(const std::string& text) { return *IpAddress::Parse(text); }

std::vector<ProbeTarget> Nodes(int count) {
  std::vector<ProbeTarget> targets;
  for (int i = 1; i <= count; ++i)
    targets.push_back({.address = At(absl::StrCat("10.0.", i / 250, ".", i % 250)), .tunnel_address = At("10.9.0.1")});
  return targets;
}

NodeProbe Reached(const ProbeTarget& target) {
  return {.target = target,
          .node = {.result = ProbeResult::kAnswered},
          .overlay = ProbeOutcome{.result = ProbeResult::kAnswered}};
}

NodeProbe LostInTunnel(const ProbeTarget& target) {
  NodeProbe round = Reached(target);
  round.overlay->result = ProbeResult::kNoAnswer;
  return round;
}

NodeProbe Silent(const ProbeTarget& target) { return {.target = target, .node = {.result = ProbeResult::kNoAnswer}}; }

// Who is asked, with the seconds of each question; a look each half second, and rounds that take no time.
std::map<IpAddress, std::vector<double>> Ask(ProbeSchedule& schedule, absl::Duration from, absl::Duration to,
                                             const std::function<NodeProbe(const ProbeTarget&)>& round) {
  std::map<IpAddress, std::vector<double>> asked;
  for (absl::Duration now = from; now < to; now += absl::Milliseconds(500))
    if (const auto target = schedule.Next(now)) {
      asked[target->address].push_back(absl::ToDoubleSeconds(now - from));
      schedule.Done(round(*target), now);
    }
  return asked;
}

size_t Questions(const std::map<IpAddress, std::vector<double>>& asked) {
  size_t questions = 0;
  for (const auto& [address, times] : asked) questions += times.size();
  return questions;
}

constexpr absl::Duration kStart = absl::Hours(1);

TEST_CASE("no more than 32 nodes are asked in a minute, however many there are, and all in their turn") {
  ProbeSchedule schedule(1);
  schedule.Replace(Nodes(100));
  const auto asked = Ask(schedule, kStart, kStart + absl::Minutes(4), Reached);
  CHECK(Questions(asked) <= 4 * 32);
  CHECK(Questions(asked) >= 4 * 29);
  CHECK(asked.size() == 100);
  for (const auto& [address, times] : asked) CHECK(times.size() <= 2);
}

TEST_CASE("one that is well is asked again after half a minute at the earliest") {
  ProbeSchedule schedule(1);
  schedule.Replace(Nodes(1));
  CHECK(Ask(schedule, kStart, kStart + absl::Minutes(2), Reached).begin()->second ==
        std::vector<double>{0, 30, 60, 90});
}

TEST_CASE("one in doubt is asked again sooner, and takes no more than half of the turns from the others") {
  ProbeSchedule schedule(1);
  schedule.Replace(Nodes(1));
  CHECK(Ask(schedule, kStart, kStart + absl::Minutes(1), LostInTunnel).begin()->second ==
        std::vector<double>{0, 15, 30, 45});

  ProbeSchedule crowd(1);
  crowd.Replace(Nodes(200));
  const auto is_bad = [](const IpAddress& node) { return node.bytes[3] % 2 == 0; };
  const auto asked = Ask(crowd, kStart, kStart + absl::Minutes(15), [&](const ProbeTarget& target) {
    return is_bad(target.address) ? LostInTunnel(target) : Reached(target);
  });
  CHECK(asked.size() == 200);
  size_t well = 0;
  for (const auto& [address, times] : asked) well += is_bad(address) ? 0 : times.size();
  CHECK(well >= 100);
  CHECK(Questions(asked) <= 480);
}

TEST_CASE("one that does not answer is asked less and less, every five minutes in the end") {
  ProbeSchedule schedule(1);
  schedule.Replace(Nodes(1));
  CHECK(Ask(schedule, kStart, kStart + absl::Minutes(20), Silent).begin()->second ==
        std::vector<double>{0, 30, 90, 210, 450, 750, 1050});
}

TEST_CASE("of a pair the other end asks, unless it doubts the way: then both do, for two minutes") {
  ProbeSchedule schedule(1);
  std::vector<ProbeTarget> nodes = Nodes(1);
  nodes[0].is_ours = false;
  schedule.Replace(nodes);
  CHECK(Ask(schedule, kStart, kStart + absl::Minutes(2), Reached).empty());
  schedule.Doubt(nodes[0].address, kStart);
  CHECK(Ask(schedule, kStart, kStart + absl::Minutes(5), Reached).begin()->second ==
        std::vector<double>{0, 30, 60, 90});
}

TEST_CASE("a doubt of this end's own goes on until the way is well") {
  ProbeSchedule schedule(1);
  std::vector<ProbeTarget> nodes = Nodes(1);
  nodes[0].is_ours = false;
  schedule.Replace(nodes);
  schedule.Doubt(nodes[0].address, kStart);
  CHECK(Ask(schedule, kStart, kStart + absl::Minutes(5), LostInTunnel).begin()->second.size() == 20);
}

TEST_CASE("a stranger's doubt, and one that is said again and again, make nobody asked more often") {
  ProbeSchedule schedule(1);
  schedule.Replace(Nodes(1));
  schedule.Doubt(At("203.0.113.1"), kStart);
  CHECK(schedule.size() == 1);
  std::vector<double> times;
  for (absl::Duration now = kStart; now < kStart + absl::Minutes(1); now += absl::Milliseconds(500)) {
    schedule.Doubt(Nodes(1)[0].address, now);
    if (const auto target = schedule.Next(now)) {
      times.push_back(absl::ToDoubleSeconds(now - kStart));
      schedule.Done(Reached(*target), now);
    }
  }
  CHECK(times == std::vector<double>{0, 30});
}

TEST_CASE("who stays among the targets keeps the turn, who goes is forgotten, also in the middle of a round") {
  ProbeSchedule schedule(1);
  schedule.Replace(Nodes(1));
  REQUIRE(schedule.Next(kStart));
  schedule.Replace(Nodes(2));
  schedule.Done(Reached(Nodes(1)[0]), kStart);
  CHECK(schedule.Next(kStart + absl::Seconds(5))->address == Nodes(2)[1].address);
  schedule.Replace({});
  schedule.Done(Reached(Nodes(2)[1]), kStart + absl::Seconds(6));
  CHECK(schedule.size() == 0);
  CHECK_FALSE(schedule.Next(kStart + absl::Hours(1)));
}

TEST_CASE("two agents do not begin with the same nodes") {
  const auto order = [](uint64_t seed) {
    ProbeSchedule schedule(seed);
    schedule.Replace(Nodes(50));
    std::vector<IpAddress> first;
    for (int i = 0; i < 10; ++i) first.push_back(schedule.Next(kStart + i * absl::Seconds(2))->address);
    return first;
  };
  CHECK(order(1) != order(2));
}

TEST_CASE("doubt is: its address answers, and the tunnel, large packets or another node's name speak against it") {
  const ProbeTarget target = Nodes(1)[0];
  NodeProbe round = Reached(target);
  CHECK_FALSE(IsInDoubt(round));
  SECTION("lost") { round.overlay->result = ProbeResult::kNoAnswer; }
  SECTION("no way") { round.overlay->result = ProbeResult::kUnreachable; }
  SECTION("small packets alone, through the tunnel") { round.overlay->result = ProbeResult::kSmallOnly; }
  SECTION("small packets alone, at its address") { round.node.result = ProbeResult::kSmallOnly; }
  SECTION("another node") {
    round.node.answered_as = "node2";
    round.overlay->answered_as = "node3";
  }
  CHECK(IsInDoubt(round));
  round.node.result = ProbeResult::kRefused;
  CHECK_FALSE(IsInDoubt(round));
}

}  // namespace
}  // namespace caliwatch
