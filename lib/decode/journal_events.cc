// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/journal_events.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "lib/decode/bird_address.h"
#include "lib/decode/bird_info.h"
#include "lib/decode/bird_lines.h"
#include "lib/decode/kernel_messages.h"
#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

bool IsRemote(const Route& route) {
  const RouteOwner owner = OwnerOf(route);
  return route.type == RTN_UNICAST && (route.gateway || route.nexthop_id != 0) &&
         (owner == RouteOwner::kBird || owner == RouteOwner::kFelix);
}

absl::Status AppendRouteEvent(const nlmsghdr& message, BootTime at, Journal& journal) {
  std::vector<Route> rows;  // several for one multipath route, all of one destination
  if (absl::Status decoded = AppendChangedRoutes(message, rows); !decoded.ok()) return decoded;
  if (rows.empty() || rows.front().table != RT_TABLE_MAIN) return absl::OkStatus();
  const Route& route = rows.front();
  journal.routes.push_back({at, route.destination, message.nlmsg_type == RTM_NEWROUTE, OwnerOf(route),
                            std::any_of(rows.begin(), rows.end(), IsRemote), route.metric});
  return absl::OkStatus();
}

absl::Status AppendNeighborEvent(const nlmsghdr& message, BootTime at, Journal& journal) {
  std::vector<Neighbor> rows;
  if (absl::Status decoded = AppendChangedNeighbor(message, rows); !decoded.ok()) return decoded;
  const bool gone = message.nlmsg_type == RTM_DELNEIGH;
  for (const Neighbor& row : rows)
    journal.neighbors.push_back({at, row.address, row.link, gone ? uint16_t{0} : row.state, row.mac});
  return absl::OkStatus();
}

absl::Status AppendLinkEvent(const nlmsghdr& message, BootTime at, Journal& journal) {
  std::vector<Link> links;
  if (absl::Status decoded = AppendChangedLink(message, links); !decoded.ok()) return decoded;
  if (!links.empty() && !links.front().IsWorkload()) journal.interface_changes.push_back(at);
  return absl::OkStatus();
}

// IPv4 routes go with their interface, their source address or their next hop without a word of their own.
bool MayMoveRoutes(uint16_t message_type) {
  switch (message_type) {
    case RTM_NEWROUTE:
    case RTM_DELROUTE:
    case RTM_NEWLINK:
    case RTM_DELLINK:
    case RTM_NEWADDR:
    case RTM_DELADDR:
    case RTM_NEWNEXTHOP:
    case RTM_DELNEXTHOP:
      return true;
    default:
      return false;
  }
}

// "<file>:<line>:<column> syntax error", or without the column in BIRD 1.x.
bool IsConfigError(absl::string_view line) {
  const std::vector<absl::string_view> words = absl::StrSplit(line, absl::MaxSplits(' ', 1));
  const std::vector<absl::string_view> place = absl::StrSplit(words[0], ':');
  if (place.size() < 2 || words.size() < 2) return false;
  return !place[1].empty() && std::all_of(place[1].begin(), place[1].end(), absl::ascii_isdigit);
}

// "BGP: Unexpected connect from unknown address 10.39.1.14 (port 40123)", of bgp_incoming_connection() in BIRD's
// proto/bgp/bgp.c: 1.x, Calico's and 2.x. Newer ones begin it with the listening socket's name.
std::optional<IpAddress> UnknownCallerIn(absl::string_view line) {
  constexpr absl::string_view kUnknown = "Unexpected connect from unknown address ";
  const size_t found = line.find(kUnknown);
  if (found == absl::string_view::npos) return std::nullopt;
  line.remove_prefix(found + kUnknown.size());
  return BirdAddressFrom(TakeWord(line));
}

}  // namespace

absl::Status AppendKernelEvent(const nlmsghdr& message, BootTime at, Journal& journal) {
  journal.routes_moved |= MayMoveRoutes(message.nlmsg_type);
  switch (message.nlmsg_type) {
    case RTM_NEWROUTE:
    case RTM_DELROUTE:
      return AppendRouteEvent(message, at, journal);
    case RTM_NEWNEIGH:
    case RTM_DELNEIGH:
      return AppendNeighborEvent(message, at, journal);
    case RTM_NEWLINK:
    case RTM_DELLINK:
      return AppendLinkEvent(message, at, journal);
    case RTM_DELADDR:
      journal.interface_changes.push_back(at);
      break;
  }
  return absl::OkStatus();
}

void AppendBirdEvent(absl::string_view line, BootTime at, BirdJournal& journal) {
  constexpr absl::string_view kStateChange = ": State changed to ";
  if (absl::StartsWith(line, "<")) {
    journal.complete = false;
  } else if (const size_t change = line.find(kStateChange); change != absl::string_view::npos) {
    journal.events.push_back({.at = at,
                              .kind = BirdEventKind::kPeerState,
                              .protocol = std::string(line.substr(0, change)),
                              .state = ProtocolStateFrom(line.substr(change + kStateChange.size()))});
  } else if (line == "Reconfigured") {
    journal.events.push_back({.at = at, .kind = BirdEventKind::kReconfigured});
  } else if (line == "Graceful restart done") {
    journal.events.push_back({.at = at, .kind = BirdEventKind::kRecoveryEnded});
  } else if (const std::optional<IpAddress> caller = UnknownCallerIn(line)) {
    journal.events.push_back({.at = at, .kind = BirdEventKind::kUnknownCaller, .address = caller});
  } else if (IsConfigError(line)) {
    journal.events.push_back({.at = at, .kind = BirdEventKind::kConfigError, .text = std::string(line.substr(0, 200))});
  }
}

}  // namespace caliwatch
