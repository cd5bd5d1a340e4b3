// SPDX-License-Identifier: Apache-2.0
#pragma once

// A path in words, for terminal and JSON. Texts hold whatever the node said, as those of words.h.

#include <string>
#include <vector>

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/analysis/path/path.h"

namespace caliwatch {

// "default/web-1 (192.168.5.1, pod default/web-1 at cali12ab34cd56e)".
std::string EndText(const PathEnd& end);

// "interface", "far node": in a line.
std::string KindText(HopKind kind);
// What there is, and for how long.
std::string HopText(const Hop& hop);
// Why it is not good, the worst first: what the checks found, what explains that, and what the tables show. Empty: it
// is good, and nothing is to be said.
std::vector<std::string> WhyTexts(const Hop& hop, absl::Time now);

// "It breaks at the route: Pod default/web-1 (192.168.5.1) is cut off: no route leads to it".
std::string AnswerText(const Path& path);
// What to do about the answer, and what to type; of the finding that explains it, where there is one. Empty: no check
// has a finding about it.
std::string RemedyText(const PathAnswer& answer);
std::vector<Command> CommandsOf(const PathAnswer& answer);

// What no path tells, to be said below each.
inline constexpr absl::string_view kNotOnPaths =
    "Network policies and other firewall rules are not looked at, nor is what the other node does.";

}  // namespace caliwatch
