// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the terminal and the status page say in the same words. Texts hold whatever the node said: who shows them, makes
// them fit for the place.

#include <string>
#include <vector>

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/analysis/report.h"
#include "lib/view/summary.h"

namespace caliwatch {

absl::string_view TitleOf(Family family);  // "IPv4", "IPv6"

// The node's name, or what it is called while that is unknown.
std::string NodeText(const Report& report);

// "2 problems, 1 of them critical; 1 note", "nothing wrong found", or why that cannot be said.
std::string VerdictText(const Summary& summary);

// What the family's BIRD says of itself; or why it says nothing, and what it said last, with the time of that.
std::string BirdText(const Report& report, Family family);

// That the node runs no BIRD, in one line for both families; empty where it does.
std::string NoBirdText(const Report& report);

// What Felix says of itself, or why that is unknown; empty where there is no trace of it.
std::string FelixText(const Report& report);

// How far the family is with coming back after a restart of BIRD; empty when it is not under way.
std::string EpisodeText(const ConvergenceReport& convergence);

// One family's peers, those that are not up first; and the words for each, under these heads.
std::vector<const PeerReport*> PeersByImportance(const Report& report, Family family);
// How many are up; of what was read before this poll that is not known any more, and the time is told.
std::string PeersTitle(const Report& report, const std::vector<const PeerReport*>& peers, Family family);
inline const std::vector<std::string> kPeerHeads = {"PEER", "KIND", "STATE", "FOR", ">IMPORTED", ">IN KERNEL", "CAUSE"};
std::vector<std::string> PeerCells(const PeerReport& report, absl::Time now);

// A look of its own begins all that is "since" then; the state file of an agent knows better.
inline constexpr absl::Duration kWorthTelling = absl::Seconds(5);
// An age in its two largest units: "12 s", "3 min 12 s", "3 h 12 min", "5 d 3 h".
std::string AgeText(absl::Duration age);
// "1 min 12.3 s", "0.4 s".
std::string SecondsText(absl::Duration duration);

}  // namespace caliwatch
