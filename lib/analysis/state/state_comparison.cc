// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/state/state_comparison.h"

#include <tuple>

namespace caliwatch {
namespace {

// Each names all members, so that one more does not compile until it is decided here whether it is kept.
auto KeptOf(const Expectation& expectation) {
  const auto& [peers, routes, felix_routes] = expectation;
  return std::tie(peers, felix_routes);
}

auto KeptOf(const ConvergenceState& state) {
  const auto& [known, expected, identity, bird_start, bird_gone, starts_announced, peer_down, settled, polls_in_doubt,
               episode, gaps, counts, past] = state;
  return std::tuple_cat(std::tie(known, identity, bird_start, bird_gone, episode, gaps, counts, past),
                        KeptOf(expected));
}

auto KeptOf(const PersistentState& state) {
  const auto& [convergence, bird_counts, flaps, peers, bird_expected, bird_restarts, felix, file_doubts, former_owners,
               unreached, findings] = state;
  return std::tie(bird_counts, flaps, peers, bird_expected, bird_restarts, felix, file_doubts, former_owners, unreached,
                  findings);
}

}  // namespace

bool SameButRoutes(const PersistentState& a, const PersistentState& b) {
  for (const Family family : kFamilies)
    if (KeptOf(a.convergence[family]) != KeptOf(b.convergence[family])) return false;
  return KeptOf(a) == KeptOf(b);
}

}  // namespace caliwatch
