// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/tunnel_exits.h"

#include "lib/analysis/routes/block_routes.h"

namespace caliwatch {
namespace {

constexpr size_t kMost = 10'000;  // destinations; a node that loses more at once has lost its tunnel
constexpr absl::Duration kRemembered = absl::Minutes(10);  // a tunnel that is missing for longer is a finding by itself

}  // namespace

void TunnelExits::Take(RouteChange change, const Route& route, bool through_tunnel, BootTime now) {
  if (!IsRemoteBlock(route)) return;
  const Prefix& destination = route.destination;
  if (change == RouteChange::kRemoved) {
    if (through_tunnel)
      Remember(destination, now);
    else
      bare_.erase(destination);
    return;
  }
  const auto left = left_.find(destination);
  if (through_tunnel)
    bare_.erase(destination);
  else if (left != left_.end() && OwnerOf(route) == RouteOwner::kBird && now - left->second <= kRemembered)
    bare_.insert(destination);
  if (left != left_.end()) left_.erase(left);
}

void TunnelExits::Remember(const Prefix& destination, BootTime now) {
  if (left_.size() >= kMost)
    std::erase_if(left_, [now](const auto& entry) { return now - entry.second > kRemembered; });
  if (left_.size() < kMost) left_[destination] = now;
}

int IndexOfTunl0(const std::vector<Link>& links) {
  for (const Link& link : links)
    if (link.name == "tunl0") return link.index;
  return 0;
}

}  // namespace caliwatch
