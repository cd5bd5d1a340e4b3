// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/ipv6.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include "lib/decode/kernel_attributes.h"
#include "lib/decode/kernel_messages.h"

namespace caliwatch {
namespace {

VxlanSettings VxlanFrom(AttributeReader& read, const nlattr* data) {
  VxlanSettings vxlan;
  AttributeReader info("RTM_NEWLINK, IFLA_INFO_DATA of a VXLAN device", data);
  while (const nlattr* attribute = info.Next()) {
    switch (TypeOf(attribute)) {
      case IFLA_VXLAN_ID:
        vxlan.id = info.Value<uint32_t>(attribute, "IFLA_VXLAN_ID");
        break;
      case IFLA_VXLAN_LOCAL:
        vxlan.local = info.Address(attribute, "IFLA_VXLAN_LOCAL", Family::kIpv4);
        break;
      case IFLA_VXLAN_LOCAL6:
        vxlan.local = info.Address(attribute, "IFLA_VXLAN_LOCAL6", Family::kIpv6);
        break;
      case IFLA_VXLAN_LINK:
        vxlan.parent = info.Value<int>(attribute, "IFLA_VXLAN_LINK");
        break;
      case IFLA_VXLAN_PORT:
        vxlan.port = ntohs(info.Value<uint16_t>(attribute, "IFLA_VXLAN_PORT"));
        break;
      case IFLA_VXLAN_LEARNING:
        vxlan.learning = info.Value<uint8_t>(attribute, "IFLA_VXLAN_LEARNING") != 0;
        break;
      case IFLA_VXLAN_COLLECT_METADATA:
        vxlan.flow_based = info.Value<uint8_t>(attribute, "IFLA_VXLAN_COLLECT_METADATA") != 0;
        break;
    }
  }
  read.Take(info);
  return vxlan;
}

// The kind comes before what only that kind has.
void TakeKind(AttributeReader& read, const nlattr* link_info, Link& link) {
  AttributeReader info("RTM_NEWLINK, IFLA_LINKINFO", link_info);
  while (const nlattr* attribute = info.Next()) {
    if (TypeOf(attribute) == IFLA_INFO_KIND) link.kind = TextFrom(attribute);
    if (TypeOf(attribute) == IFLA_INFO_DATA && link.kind == "vxlan") link.vxlan = VxlanFrom(info, attribute);
  }
  read.Take(info);
}

void TakeIpv6(AttributeReader& read, const nlattr* ipv6, Link& link) {
  AttributeReader info("RTM_NEWLINK, IFLA_AF_SPEC of IPv6", ipv6);
  while (const nlattr* attribute = info.Next()) {
    if (TypeOf(attribute) != IFLA_INET6_CONF) continue;
    // By DEVCONF_* of linux/ipv6.h.
    const auto switches = AttributeReader::GrowingValue<std::array<int, DEVCONF_ACCEPT_RA + 1>>(attribute);
    info.Require(static_cast<size_t>(SizeOf(attribute)) >= sizeof switches, "IFLA_INET6_CONF is too short");
    link.ipv6_forwarding = switches[DEVCONF_FORWARDING];
    link.accept_ra = switches[DEVCONF_ACCEPT_RA];
  }
  read.Take(info);
}

void TakeFamilies(AttributeReader& read, const nlattr* families, Link& link) {
  AttributeReader info("RTM_NEWLINK, IFLA_AF_SPEC", families);
  while (const nlattr* attribute = info.Next())
    if (TypeOf(attribute) == AF_INET6) TakeIpv6(info, attribute, link);
  read.Take(info);
}

// Negative: the kernel gave that namespace no id.
std::optional<int> NetnsIdFrom(AttributeReader& read, const nlattr* attribute) {
  const int id = read.Value<int>(attribute, "IFLA_LINK_NETNSID");
  return id < 0 ? std::nullopt : std::optional(id);
}

}  // namespace

absl::Status AppendRow(const nlmsghdr& message, std::vector<Link>& links) {
  return message.nlmsg_type == RTM_NEWLINK ? AppendChangedLink(message, links) : absl::OkStatus();
}

absl::Status AppendChangedLink(const nlmsghdr& message, std::vector<Link>& links) {
  if (message.nlmsg_type != RTM_NEWLINK && message.nlmsg_type != RTM_DELLINK) return absl::OkStatus();
  AttributeReader read("RTM_NEWLINK", message);
  const auto* header = read.Header<ifinfomsg>();
  if (header == nullptr) return read.status();
  if (header->ifi_family != AF_UNSPEC) return absl::OkStatus();  // a bridge's view of its port

  Link link;
  link.index = header->ifi_index;
  link.up = (header->ifi_flags & IFF_UP) != 0;
  link.running = (header->ifi_flags & IFF_RUNNING) != 0;
  while (const nlattr* attribute = read.Next()) {
    switch (TypeOf(attribute)) {
      case IFLA_IFNAME:
        link.name = TextFrom(attribute);
        break;
      case IFLA_LINKINFO:
        TakeKind(read, attribute, link);
        break;
      case IFLA_AF_SPEC:
        TakeFamilies(read, attribute, link);
        break;
      case IFLA_CARRIER:
        link.carrier = read.Value<uint8_t>(attribute, "IFLA_CARRIER") != 0;
        break;
      case IFLA_MTU:
        link.mtu = read.Value<uint32_t>(attribute, "IFLA_MTU");
        break;
      case IFLA_MASTER:
        link.master = read.Value<int>(attribute, "IFLA_MASTER");
        break;
      case IFLA_ADDRESS:
        link.mac = MacFrom(attribute);
        break;
      case IFLA_LINK_NETNSID:
        link.peer_netns_id = NetnsIdFrom(read, attribute);
        break;
    }
  }
  read.Require(!link.name.empty(), "it has no IFLA_IFNAME");
  link.role = RoleOf(link.name);
  if (read.ok()) links.push_back(std::move(link));
  return read.status();
}

absl::Status AppendRow(const nlmsghdr& message, std::vector<Address>& addresses) {
  if (message.nlmsg_type != RTM_NEWADDR) return absl::OkStatus();
  AttributeReader read("RTM_NEWADDR", message);
  const auto* header = read.Header<ifaddrmsg>();
  if (header == nullptr) return read.status();
  const std::optional<Family> family = FamilyFrom(header->ifa_family);
  if (!family) return absl::OkStatus();

  Address row;
  row.prefix_length = header->ifa_prefixlen;
  read.Require(row.prefix_length <= IpAddress{*family, {}}.bits(), "its prefix length is too long");
  row.scope = header->ifa_scope;
  row.flags = header->ifa_flags;
  row.link = static_cast<int>(header->ifa_index);
  std::optional<IpAddress> own, either;  // on a point-to-point link IFA_ADDRESS is the other end
  while (const nlattr* attribute = read.Next()) {
    switch (TypeOf(attribute)) {
      case IFA_LOCAL:
        own = read.Address(attribute, "IFA_LOCAL", *family);
        break;
      case IFA_ADDRESS:
        either = read.Address(attribute, "IFA_ADDRESS", *family);
        break;
      case IFA_FLAGS:
        row.flags = read.Value<uint32_t>(attribute, "IFA_FLAGS");
        break;
      case IFA_CACHEINFO: {
        const auto times = read.Value<ifa_cacheinfo>(attribute, "IFA_CACHEINFO");
        row.valid = {times.ifa_valid};
        row.preferred = {times.ifa_prefered};
        break;
      }
    }
  }
  read.Require(own || either, "it has neither IFA_LOCAL nor IFA_ADDRESS");
  if (!read.ok()) return read.status();
  row.address = own ? *own : *either;
  addresses.push_back(row);
  return absl::OkStatus();
}

}  // namespace caliwatch
