// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/node_prober.h"

#include <atomic>
#include <new>
#include <thread>
#include <vector>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

const ProbeTarget kTarget{.address = *IpAddress::Parse("10.0.0.2")};

NodeProbe Reached(const ProbeTarget& target) { return {.target = target, .node = {.result = ProbeResult::kAnswered}}; }

// The first rounds that come.
ProbeJournal Await(NodeProber& prober) {
  for (;; std::this_thread::yield())
    if (ProbeJournal journal = prober.Take(); !journal.rounds.empty()) return journal;
}

TEST_CASE("a target is asked, and what came is told once") {
  NodeProber prober(Reached);
  CHECK(prober.Take().rounds.empty());
  prober.SetTargets({kTarget});
  CHECK(Await(prober).rounds == std::vector{Reached(kTarget)});
  CHECK(prober.Take().rounds.empty());
}

TEST_CASE("a round that is under way keeps nobody waiting") {
  std::atomic<bool> may_end = false;
  std::atomic<int> begun = 0;
  NodeProber prober([&](const ProbeTarget& target) {
    ++begun;
    begun.notify_all();
    may_end.wait(false);
    return Reached(target);
  });
  prober.SetTargets({kTarget});
  begun.wait(0);
  prober.SetTargets({kTarget});
  prober.HeardFrom(kTarget.address, true);
  CHECK(prober.Take().rounds.empty());
  may_end = true;
  may_end.notify_all();
  CHECK(Await(prober).rounds.size() == 1);
}

TEST_CASE("who asked here is told once each, however often, and of any number no more than can be kept") {
  NodeProber prober(Reached);
  for (int i = 0; i < 3; ++i) prober.HeardFrom(kTarget.address, false);
  CHECK(prober.Take().askers == std::vector{kTarget.address});
  CHECK(prober.Take().askers.empty());
  for (uint32_t i = 0; i < 10'000; ++i) prober.HeardFrom(IpAddress::FromBytes(Family::kIpv4, &i), true);
  CHECK(prober.Take().askers.size() == 4096);
}

TEST_CASE("a doubt that is told has the node asked whose turn it is not") {
  ProbeTarget others = kTarget;
  others.is_ours = false;
  NodeProber prober(Reached);
  prober.SetTargets({others});
  prober.HeardFrom(others.address, true);
  CHECK(Await(prober).rounds.size() == 1);
}

TEST_CASE("a round that fails for want of memory is lost, and the next goes on") {
  std::atomic<int> asked = 0;
  NodeProber prober(
      [&](const ProbeTarget& target) {
        if (++asked == 1) throw std::bad_alloc();
        return Reached(target);
      },
      {.a_minute = 60'000, .again = absl::Milliseconds(1)});
  prober.SetTargets({kTarget});
  CHECK(Await(prober).rounds.size() >= 1);
  CHECK(asked >= 2);
}

}  // namespace
}  // namespace caliwatch
