// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/state/state_comparison.h"

#include <functional>
#include <vector>

#include "lib/analysis/state/state_text.h"
#include "test/support/catch.h"
#include "test/support/full_state.h"

namespace caliwatch {
namespace {

using Change = std::function<void(PersistentState&)>;

ConvergenceState& Ipv4(PersistentState& state) { return state.convergence[Family::kIpv4]; }

const std::vector<Change> kKept = {
    [](auto& state) { Ipv4(state).known ^= true; },
    [](auto& state) { Ipv4(state).expected.peers.begin()->second.routes += 1; },
    [](auto& state) { Ipv4(state).expected.felix_routes ^= true; },
    [](auto& state) {
      Ipv4(state).identity = BirdIdentity{absl::FromUnixSeconds(7), 7};
    },
    [](auto& state) { Ipv4(state).bird_start = absl::Seconds(7); },
    [](auto& state) { Ipv4(state).bird_gone = absl::Seconds(7); },
    [](auto& state) { Ipv4(state).episode.reset(); },
    [](auto& state) { Ipv4(state).gaps.closed.longest += absl::Seconds(1); },
    [](auto& state) { Ipv4(state).counts.restarts += 1; },
    [](auto& state) { Ipv4(state).past.clear(); },
    [](auto& state) { state.bird_counts[Family::kIpv4].reconfigurations += 1; },
    [](auto& state) { state.flaps.begin()->second += 1; },
    [](auto& state) { state.peers.begin()->second.recent_flaps.pop_back(); },
    [](auto& state) { state.bird_expected[Family::kIpv6] ^= true; },
    [](auto& state) { state.bird_restarts[Family::kIpv6] = RecentEnds({absl::Seconds(7)}); },
    [](auto& state) { state.felix.answered ^= true; },
    [](auto& state) { state.file_doubts.reset(); },
    [](auto& state) { state.former_owners.clear(); },
    [](auto& state) { state.findings.begin()->second += absl::Seconds(1); },
};

const std::vector<Change> kNotKept = {
    [](auto& state) { Ipv4(state).starts_announced.push_back(absl::Seconds(7)); },
    [](auto& state) { Ipv4(state).peer_down["Mesh_10_39_1_7"] = absl::Seconds(7); },
    [](auto& state) { Ipv4(state).polls_in_doubt += 1; },
};

TEST_CASE("two states are the same exactly where their texts are, whatever part of them changes") {
  const PersistentState before = FullState();
  CHECK(SameButRoutes(before, FullState()));
  for (const bool kept : {true, false})
    for (size_t i = 0; i < (kept ? kKept : kNotKept).size(); ++i) {
      INFO("change " << i << (kept ? " of what is kept" : " of the rest"));
      PersistentState now = before;
      (kept ? kKept : kNotKept)[i](now);
      CHECK(SameButRoutes(before, now) != kept);
      CHECK((StateText(before, "boot") == StateText(now, "boot")) != kept);
    }
}

TEST_CASE("expected routes alone make no difference") {
  PersistentState now = FullState();
  Ipv4(now).expected.routes.clear();
  CHECK(SameButRoutes(FullState(), now));
}

}  // namespace
}  // namespace caliwatch
