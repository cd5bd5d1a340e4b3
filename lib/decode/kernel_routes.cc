// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <type_traits>

#include <linux/rtnetlink.h>

#include "lib/decode/kernel_attributes.h"
#include "lib/decode/kernel_messages.h"

namespace caliwatch {
namespace {

constexpr absl::string_view kMessage = "RTM_NEWROUTE";  // RTM_DELROUTE is made alike

// A node may hold 100,000 of them: copied by the page, never allocated one by one.
static_assert(std::is_trivially_copyable_v<Route> && sizeof(Route) <= 68);

Route RouteFrom(const rtmsg& header, Family family) {
  Route route;
  route.destination = Prefix{{family, {}}, header.rtm_dst_len};
  route.table = header.rtm_table;
  route.tos = header.rtm_tos;
  route.type = header.rtm_type;
  route.protocol = header.rtm_protocol;
  route.scope = header.rtm_scope;
  route.flags = static_cast<uint8_t>(header.rtm_flags);  // RTNH_F_* below, RTM_F_* above the lowest byte
  return route;
}

// An IPv4 route's gateway that may be an IPv6 router.
std::optional<IpAddress> ViaFrom(AttributeReader& read, const nlattr* attribute) {
  constexpr int kFamilySize = sizeof(rtvia);
  std::optional<IpAddress> gateway;
  if (SizeOf(attribute) > kFamilySize)
    gateway = AddressFrom(static_cast<const rtvia*>(DataOf(attribute))->rtvia_addr, SizeOf(attribute) - kFamilySize);
  read.Require(gateway.has_value(), "RTA_VIA is no IPv4 or IPv6 address");
  return gateway;
}

uint16_t MtuFrom(AttributeReader& read, const nlattr* metrics) {
  uint32_t mtu = 0;
  AttributeReader metric("RTM_NEWROUTE, RTA_METRICS", metrics);
  while (const nlattr* attribute = metric.Next())
    if (TypeOf(attribute) == RTAX_MTU) mtu = metric.Value<uint32_t>(attribute, "RTAX_MTU");
  metric.Require(mtu <= UINT16_MAX, "RTAX_MTU is too large");
  read.Take(metric);
  return static_cast<uint16_t>(mtu);
}

// In hundredths of a second; 0: for ever. Below zero it is over, and the garbage collector is late.
Lifetime ExpiryFrom(AttributeReader& read, const nlattr* attribute) {
  const int ticks = read.Value<rta_cacheinfo>(attribute, "RTA_CACHEINFO").rta_expires;
  return ticks == 0 ? Lifetime{} : Lifetime{static_cast<uint32_t>(std::max(ticks, 0)) / 100};
}

// One path of a multipath route; `route` holds what all paths share.
void ReadPath(AttributeReader& read, const rtnexthop& path, Route& route) {
  route.link = path.rtnh_ifindex;
  route.flags = path.rtnh_flags;
  AttributeReader hop(kMessage, RTNH_DATA(&path), path.rtnh_len - static_cast<int>(sizeof path));
  while (const nlattr* attribute = hop.Next()) {
    switch (TypeOf(attribute)) {
      case RTA_GATEWAY:
        route.gateway = hop.Address(attribute, "RTA_GATEWAY of a path", route.family());
        break;
      case RTA_VIA:
        route.gateway = ViaFrom(hop, attribute);
        break;
    }
  }
  read.Take(hop);
}

void AppendPaths(AttributeReader& read, const nlattr* multipath, Route route, std::vector<Route>& routes) {
  auto* path = static_cast<const rtnexthop*>(DataOf(multipath));
  int remaining = SizeOf(multipath);
  while (remaining > 0) {
    if (remaining < static_cast<int>(sizeof *path) || !RTNH_OK(path, remaining))
      return read.Fail("RTA_MULTIPATH is cut short");
    route.gateway.reset();
    ReadPath(read, *path, route);
    routes.push_back(route);
    ++route.hop;
    remaining -= RTNH_ALIGN(path->rtnh_len);
    path = RTNH_NEXT(path);
  }
}

}  // namespace

absl::Status AppendRow(const nlmsghdr& message, std::vector<Route>& routes) {
  return message.nlmsg_type == RTM_NEWROUTE ? AppendChangedRoutes(message, routes) : absl::OkStatus();
}

absl::Status AppendChangedRoutes(const nlmsghdr& message, std::vector<Route>& routes) {
  if (message.nlmsg_type != RTM_NEWROUTE && message.nlmsg_type != RTM_DELROUTE) return absl::OkStatus();
  AttributeReader read(kMessage, message);
  const auto* header = read.Header<rtmsg>();
  if (header == nullptr) return read.status();
  const std::optional<Family> family = FamilyFrom(header->rtm_family);
  if (!family || (header->rtm_flags & RTM_F_CLONED) != 0) return absl::OkStatus();

  Route route = RouteFrom(*header, *family);
  bool has_destination = header->rtm_dst_len == 0;
  const nlattr* multipath = nullptr;
  while (const nlattr* attribute = read.Next()) {
    switch (TypeOf(attribute)) {
      case RTA_DST:
        route.destination.address = read.Address(attribute, "RTA_DST", *family);
        has_destination = true;
        break;
      case RTA_TABLE:
        route.table = read.Value<uint32_t>(attribute, "RTA_TABLE");
        break;
      case RTA_PRIORITY:
        route.metric = read.Value<uint32_t>(attribute, "RTA_PRIORITY");
        break;
      case RTA_OIF:
        route.link = read.Value<int>(attribute, "RTA_OIF");
        break;
      case RTA_GATEWAY:
        route.gateway = read.Address(attribute, "RTA_GATEWAY", *family);
        break;
      case RTA_VIA:
        route.gateway = ViaFrom(read, attribute);
        break;
      case RTA_NH_ID:
        route.nexthop_id = read.Value<uint32_t>(attribute, "RTA_NH_ID");
        break;
      case RTA_METRICS:
        route.mtu = MtuFrom(read, attribute);
        break;
      case RTA_CACHEINFO:
        route.expires = ExpiryFrom(read, attribute);
        break;
      case RTA_MULTIPATH:
        multipath = attribute;
        break;
    }
  }
  read.Require(has_destination, "it has a prefix length, but no RTA_DST");
  read.Require(header->rtm_dst_len <= route.destination.address.bits(), "its prefix length is too long");
  if (read.ok()) {
    if (multipath == nullptr)
      routes.push_back(route);
    else
      AppendPaths(read, multipath, route, routes);
  }
  return read.status();
}

}  // namespace caliwatch
