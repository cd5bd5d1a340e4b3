// SPDX-License-Identifier: Apache-2.0
#include "lib/view/watched_words.h"

#include <algorithm>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/view/words.h"

namespace caliwatch {
namespace {

constexpr size_t kHopsTold = 2;

std::string StateOf(const WatchedRoute& route) {
  if (route.type.empty()) return "missing";
  return route.present ? "there" : absl::StrCat("refused: ", route.type);
}

// A look that has only begun knows no age.
std::string AgeOf(const WatchedRoute& route, absl::Time now) {
  const absl::Duration age = now - route.since;
  if (route.since_is_known) return AgeText(age);
  return age < kWorthTelling ? "" : absl::StrCat("at least ", AgeText(age));
}

std::string MakerOf(const WatchedRoute& route) {
  return route.peer.empty() ? route.protocol : absl::StrCat(route.protocol, ", by ", route.peer);
}

std::string HopText(const WatchedHop& hop) {
  const std::string gateway = hop.gateway ? hop.gateway->ToString() : "";
  if (hop.interface.empty()) return gateway;
  return gateway.empty() ? hop.interface : absl::StrCat(gateway, " on ", hop.interface);
}

std::string WayOf(const WatchedRoute& route) {
  if (route.type.empty() || !route.present) return "";
  if (route.type != "unicast") return route.type;
  std::vector<std::string> told;
  for (size_t i = 0; i < std::min(route.hops.size(), kHopsTold); ++i) told.push_back(HopText(route.hops[i]));
  const size_t more = route.all_hops - told.size();
  return absl::StrCat(absl::StrJoin(told, ", "), more == 0 ? "" : absl::StrCat(" and ", more, " more"));
}

}  // namespace

std::string WatchedTitle(const std::vector<WatchedRoute>& routes) {
  const auto there =
      std::count_if(routes.begin(), routes.end(), [](const WatchedRoute& route) { return route.present; });
  return absl::StrCat("Watched routes: ", there, " of ", routes.size(), there == 1 ? " is there" : " are there");
}

std::vector<std::string> WatchedCells(const WatchedRoute& route, absl::Time now) {
  return {route.prefix.ToString(), StateOf(route), AgeOf(route, now), MakerOf(route), WayOf(route)};
}

}  // namespace caliwatch
