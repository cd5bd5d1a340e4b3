// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/encapsulation.h"

#include <algorithm>
#include <array>
#include <optional>

#include <absl/strings/match.h>

#include "lib/analysis/routes/tunnel_underlay.h"

namespace caliwatch {
namespace {

constexpr std::array<absl::string_view, 5> kDevices = {"tunl0", "vxlan.calico", "vxlan-v6.calico", "wireguard.cali",
                                                       "wg-v6.cali"};

bool IsOneOf(char letter, absl::string_view letters) { return absl::StrContains(letters, letter); }

// Felix' default for mtuIfacePattern: ^((en|wl|ww|sl|ib)[Pcopsvx].*|(eth|wlan|wwan).*).
bool IsFelixNetwork(absl::string_view name) {
  for (absl::string_view kind : {"eth", "wlan", "wwan"})
    if (absl::StartsWith(name, kind)) return true;
  for (absl::string_view kind : {"en", "wl", "ww", "sl", "ib"})
    if (name.size() > 2 && absl::StartsWith(name, kind) && IsOneOf(name[2], "Pcopsvx")) return true;
  return false;
}

const Link* SmallestNetwork(const std::vector<Link>& links) {
  const Link* smallest = nullptr;
  for (const Link& link : links)
    if (link.role == LinkRole::kHost && link.running && IsFelixNetwork(link.name) &&
        (smallest == nullptr || link.mtu < smallest->mtu))
      smallest = &link;
  return smallest;
}

// For networks of other names, such as bonds and bridges, for which the pattern was set.
const Link* DefaultNetwork(const std::vector<Link>& links, const std::vector<Route>& routes) {
  const auto route = std::find_if(routes.begin(), routes.end(), [](const Route& each) {
    return each.table == RT_TABLE_MAIN && each.destination.IsDefault() && each.type == RTN_UNICAST;
  });
  if (route == routes.end()) return nullptr;
  const auto link =
      std::find_if(links.begin(), links.end(), [&](const Link& each) { return each.index == route->link; });
  return link != links.end() && link->role == LinkRole::kHost ? &*link : nullptr;
}

bool IsForeignOverlay(const Link& link) {
  return link.role == LinkRole::kHost && (link.kind == "vxlan" || link.kind == "geneve");
}

// That all workloads' interfaces have.
std::optional<uint32_t> MtuOfWorkloads(const std::vector<Link>& links) {
  std::optional<uint32_t> mtu;
  for (const Link& link : links) {
    if (IsForeignOverlay(link) || (link.IsWorkload() && mtu && *mtu != link.mtu)) return std::nullopt;
    if (link.IsWorkload()) mtu = link.mtu;
  }
  return mtu;
}

}  // namespace

Encapsulation EncapsulationOf(const std::vector<Link>& links, const std::vector<Route>& routes, const CalicoMtu* file) {
  const std::optional<uint32_t> mtu = file != nullptr ? std::optional(file->bytes) : MtuOfWorkloads(links);
  if (!mtu) return {};
  Encapsulation found;
  found.pods = *mtu;
  for (const Link* network : {SmallestNetwork(links), DefaultNetwork(links, routes)}) {
    if (network == nullptr) continue;
    if (network->mtu == *mtu) return {"", *mtu, network->name, network->mtu};
    for (absl::string_view device : kDevices) {
      if (*mtu + TunnelOverhead(device) != network->mtu) continue;
      if (!found.device.empty() && found.device != device) return {"", *mtu, "", 0};  // two networks, two readings
      found = {device, *mtu, network->name, network->mtu};
    }
  }
  return found;
}

}  // namespace caliwatch
