// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/node_address.h"

#include <algorithm>

#include <absl/strings/match.h>
#include <linux/if_addr.h>

#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

// What is so for all other nodes is so for the first.
constexpr size_t kAsked = 8;

using Hops = absl::Span<const Route>;

struct Way {
  const IpAddress* to;
  Hops hops;
};

// By a tunnel a packet is packed up first, as WireGuard does with nodes' own: its way out is not seen here.
std::vector<Way> WaysTo(const std::vector<IpAddress>& others, const IpAddress& from, const LinkIndex& links,
                        const RouteLookup& lookup) {
  std::vector<Way> ways;
  ways.reserve(kAsked);
  for (const IpAddress& other : others) {
    if (ways.size() == kAsked) break;
    if (other.family != from.family) continue;
    const Hops hops = lookup.Find({.to = other, .from = from});
    if (hops.empty() || hops.front().type != RTN_UNICAST || links.HasRole(hops.front().link, LinkRole::kTunnel))
      continue;
    ways.push_back({&other, hops});
  }
  return ways;
}

bool IsOnNetworkOf(const IpAddress& address, const Address& row) {
  return row.address != address && Prefix{row.address, row.prefix_length}.Contains(address);
}

// The interface has had another address of that network before.
const Address* FirstOfItsNetwork(const Address& own, const std::vector<Address>& addresses) {
  const bool is_single = own.prefix_length == own.address.bits();
  const bool is_second = own.address.family == Family::kIpv4 && (own.flags & IFA_F_SECONDARY) != 0;
  // One that DHCP gave for a while is no virtual one.
  if (!is_second && (!is_single || !own.valid.IsForever())) return nullptr;
  const auto first = std::find_if(addresses.begin(), addresses.end(), [&](const Address& row) {
    return row.link == own.link && row.scope == RT_SCOPE_UNIVERSE && IsOnNetworkOf(own.address, row) &&
           (is_second ? (row.flags & IFA_F_SECONDARY) == 0 : row.prefix_length < own.prefix_length);
  });
  return first != addresses.end() ? &*first : nullptr;
}

// The kernel's route to a network of its own carries the address that the network came with.
const Address* SourceTowards(Hops hops, const std::vector<Address>& addresses) {
  const Route& route = hops.front();
  if (hops.size() != 1 || route.gateway || OwnerOf(route) != RouteOwner::kKernel) return nullptr;
  const auto source = std::find_if(addresses.begin(), addresses.end(), [&](const Address& row) {
    return row.link == route.link && row.prefix_length == route.destination.length &&
           route.destination.Contains(row.address) && (row.flags & IFA_F_SECONDARY) == 0;
  });
  return source != addresses.end() ? &*source : nullptr;
}

std::optional<AddressFault> NotSource(const Address& own, const std::string& interface, const std::vector<Way>& ways,
                                      const std::vector<Address>& addresses) {
  // Of IPv6 routes say nothing of the source, and tunl0 is IPv4's.
  if (own.address.family != Family::kIpv4) return std::nullopt;
  for (const Way& way : ways)
    if (LeavesBy(way.hops, own.link))
      if (const Address* source = SourceTowards(way.hops, addresses); source && source->address != own.address)
        return AddressFault{AddressProblem::kNotSource, interface, interface, *source, *way.to};
  return std::nullopt;
}

// An address that is reached by all interfaces, so that none of them takes it away: of `lo`, or of a dummy that is not
// there for the addresses of services.
bool IsLoopback(const Link* link) {
  if (link == nullptr) return false;
  const bool of_services = absl::StartsWith(link->name, "kube-ipvs") || absl::StartsWith(link->name, "nodelocaldns");
  return link->name == "lo" || (link->kind == "dummy" && !of_services);
}

// Absent: the interface has several, or none that others could know the node by.
std::optional<Address> OnlyAddressOf(int link, Family family, const std::vector<Address>& addresses) {
  std::optional<Address> only;
  for (const Address& row : addresses) {
    if (row.link != link || row.address.family != family || row.scope != RT_SCOPE_UNIVERSE) continue;
    if (only) return std::nullopt;
    only = row;
  }
  return only;
}

std::optional<AddressFault> FaultOfRow(const Address& own, const std::vector<Way>& ways,
                                       const std::vector<Address>& addresses, const LinkIndex& links) {
  const std::string interface = links.NameOf(own.link);
  const bool leads =
      std::any_of(ways.begin(), ways.end(), [&](const Way& way) { return LeavesBy(way.hops, own.link); });
  if (!leads && !ways.empty() && !IsLoopback(links.Find(own.link))) {
    const int towards = ways.front().hops.front().link;
    return AddressFault{AddressProblem::kElsewhere, interface, links.NameOf(towards),
                        OnlyAddressOf(towards, own.address.family, addresses), *ways.front().to};
  }
  if (const Address* first = FirstOfItsNetwork(own, addresses))
    return AddressFault{AddressProblem::kSecond, interface, interface, *first};
  if (own.address.family == Family::kIpv6 && (own.flags & IFA_F_TEMPORARY) != 0)
    return AddressFault{AddressProblem::kTemporary, interface};
  return NotSource(own, interface, ways, addresses);
}

}  // namespace

std::optional<AddressFault> FaultOf(const IpAddress& address, const std::vector<IpAddress>& others,
                                    const std::vector<Address>& addresses, const LinkIndex& links,
                                    const RouteLookup& lookup) {
  const auto own =
      std::find_if(addresses.begin(), addresses.end(), [&](const Address& row) { return row.address == address; });
  if (own == addresses.end()) return std::nullopt;
  return FaultOfRow(*own, WaysTo(others, address, links, lookup), addresses, links);
}

}  // namespace caliwatch
