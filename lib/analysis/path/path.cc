// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/path/path.h"

#include <array>

namespace caliwatch {
namespace {

const Hop* FirstWith(HopVerdict verdict, const std::vector<Hop>& hops) {
  for (const Hop& hop : hops)
    if (hop.verdict == verdict) return &hop;
  return nullptr;
}

}  // namespace

absl::string_view ToString(EndPlace place) {
  constexpr std::array<absl::string_view, 3> kNames = {"pod", "node", "elsewhere"};
  return kNames[static_cast<size_t>(place)];
}

absl::string_view ToString(HopKind kind) {
  constexpr std::array<absl::string_view, 12> kNames = {"interface", "gateway",  "source",   "forwarding",
                                                        "rules",     "route",    "peer",     "tunnel",
                                                        "underlay",  "neighbor", "far_node", "this_node"};
  return kNames[static_cast<size_t>(kind)];
}

absl::string_view ToString(HopVerdict verdict) {
  constexpr std::array<absl::string_view, 5> kNames = {"good", "unseen", "unknown", "limited", "wrong"};
  return kNames[static_cast<size_t>(verdict)];
}

absl::string_view ToString(HopEffect effect) {
  constexpr std::array<absl::string_view, 3> kNames = {"notes", "limits", "cuts"};
  return kNames[static_cast<size_t>(effect)];
}

PathAnswer AnswerOf(const Path& path) {
  for (const HopVerdict verdict : {HopVerdict::kWrong, HopVerdict::kLimited, HopVerdict::kUnknown}) {
    if (const Hop* hop = FirstWith(verdict, path.there)) return {verdict, hop, false};
    if (const Hop* hop = FirstWith(verdict, path.back)) return {verdict, hop, true};
  }
  return {};
}

}  // namespace caliwatch
