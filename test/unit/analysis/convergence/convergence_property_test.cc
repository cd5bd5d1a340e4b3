// SPDX-License-Identifier: Apache-2.0
#include <random>

#include <absl/strings/str_cat.h>

#include "agent/daemon/state_file.h"
#include "lib/analysis/convergence/convergence.h"
#include "lib/analysis/state/state_text.h"
#include "test/support/catch.h"
#include "test/support/restarting_node.h"

namespace caliwatch {
namespace {

constexpr int kSequences = 400;
constexpr int kSteps = 60;

// Does something to a node that may happen to one, at random.
class Fate {
 public:
  explicit Fate(uint32_t seed) : random_(seed) {}

  int Draw(int below) { return static_cast<int>(random_() % static_cast<uint32_t>(below)); }

  void Strike(RestartingNode& node) {
    node.Pass(absl::Milliseconds(Draw(4000)));
    const size_t peer = static_cast<size_t>(Draw(2));
    const int what = Draw(8);
    if (what == 0) {
      alive_ = false;
      node.StopBird();
    } else if (what == 1 || !alive_) {
      alive_ = true;
      node.RestartBird(absl::Milliseconds(Draw(3000)), Draw(2) == 0);
    } else if (what == 2) {
      node.Disconnect(peer);
    } else if (what == 3) {
      node.LoseRoute(peer);
    } else if (what == 4) {
      node.journal.routes.clear();
    } else {
      Mend(node, peer);
    }
  }

  // All is well again from now on.
  void MendAll(RestartingNode& node) {
    if (!alive_) node.RestartBird();
    alive_ = true;
    for (const size_t peer : {0, 1}) Mend(node, peer);
    if (node.node.birds[Family::kIpv4].status->recovery) node.EndRecovery();
    for (const size_t peer : {0, 1}) Mend(node, peer);
  }

 private:
  static void Mend(RestartingNode& node, size_t peer) {
    if (!node.Peer(peer).IsUp()) node.Connect(peer);
    node.LoseRoute(peer);  // so that it is there once, whatever was before
    node.ReturnRoute(peer);
  }

  std::mt19937 random_;
  bool alive_ = true;
};

// What must hold after every poll, whatever happened.
void CheckSound(const ConvergenceStep& step, const RestartingNode& node, const ConvergenceCounts& before) {
  CHECK(step.elapsed >= absl::ZeroDuration());
  CHECK(node.state.counts.restarts >= before.restarts);
  CHECK(node.state.counts.converged >= before.converged);
  CHECK(node.state.counts.incomplete >= before.incomplete);
  if (node.state.episode) CHECK(node.state.episode->start <= node.now);
  if (!step.ended) return;
  CHECK(step.ended->end >= step.ended->start);
  CHECK(step.ended->end <= node.now);
  CHECK(step.ended->gap.longest >= absl::ZeroDuration());
  CHECK(step.ended->gap.longest <= step.ended->gap.prefix_time);
  absl::Duration phases = absl::ZeroDuration();
  for (const auto& [phase, took] : step.ended->phases) {
    CHECK(took >= absl::ZeroDuration());
    if (phase != ConvergencePhase::kBirdDown) phases += took;
  }
  CHECK(phases == step.ended->duration());
}

std::string Remembered(const RestartingNode& node) {
  PersistentState memory;
  memory.convergence[Family::kIpv4] = node.state;
  return StateText(memory, "this boot");
}

TEST_CASE("whatever happens, time never goes backwards, and an episode ends once all has been well for two polls") {
  for (uint32_t seed = 0; seed < kSequences; ++seed) {
    INFO("seed " << seed);
    Fate fate(seed);
    RestartingNode node;
    ConvergenceCounts before;
    for (int step = 0; step < kSteps; ++step) {
      fate.Strike(node);
      if (fate.Draw(3) != 0) continue;
      CheckSound(node.Poll(), node, before);
      before = node.state.counts;
    }
    fate.MendAll(node);
    node.Pass(absl::Seconds(15));  // beyond the time that BIRD gets to be configured
    for (int poll = 0; poll < 2; ++poll) {
      CheckSound(node.Poll(), node, before);
      before = node.state.counts;
      node.Pass(absl::Seconds(5));
    }
    CHECK_FALSE(node.state.episode);
    CHECK(node.Poll().phase == ConvergencePhase::kConverged);
  }
}

TEST_CASE("a poll more or less, where nothing changed, changes nothing that is remembered") {
  for (uint32_t seed = 0; seed < kSequences; ++seed) {
    INFO("seed " << seed);
    Fate fate(seed);
    RestartingNode node;
    for (int step = 0; step < kSteps; ++step) {
      fate.Strike(node);
      if (fate.Draw(3) != 0) continue;
      node.Poll();
      if (node.state.episode || node.state.polls_in_doubt != 0 || !node.state.gaps.open.empty()) continue;
      const std::string once = Remembered(node);
      node.PollAgain();
      CHECK(Remembered(node) == once);
    }
  }
}

TEST_CASE("within an episode, a poll more where nothing changed moves neither its start nor its end") {
  for (uint32_t seed = 0; seed < kSequences; ++seed) {
    INFO("seed " << seed);
    std::vector<std::string> told;
    for (const int more_polls : {0, 1, 3}) {
      Fate fate(seed);
      RestartingNode node;
      for (int poll = 0; poll < 3; ++poll, node.Pass(absl::Seconds(5))) node.Poll();
      node.RestartBird(absl::Milliseconds(fate.Draw(3000)), fate.Draw(2) == 0);
      for (int step = 0; step < 5; ++step) {
        node.Pass(absl::Milliseconds(fate.Draw(3000)));
        if (fate.Draw(2) == 0 && !node.Peer(0).IsUp()) node.Connect(0);  // the other one is missing until the end
        for (int poll = 0; poll < more_polls; ++poll) node.Poll();
      }
      fate.MendAll(node);
      node.Pass(absl::Seconds(1));
      const EpisodeSummary episode = node.PollUntilEnd();
      told.push_back(absl::StrCat(absl::FormatDuration(episode.start), " ", absl::FormatDuration(episode.end), " ",
                                  absl::FormatDuration(episode.gap.prefix_time)));
    }
    CHECK(told[0] == told[1]);
    CHECK(told[0] == told[2]);
  }
}

}  // namespace
}  // namespace caliwatch
