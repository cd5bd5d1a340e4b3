// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "lib/decode/kernel_attributes.h"
#include "lib/decode/kernel_messages.h"

namespace caliwatch {
namespace {

constexpr absl::Duration kClockTick = absl::Milliseconds(10);  // USER_HZ is 100 on every architecture but old Alphas

Age UnchangedFor(const nda_cacheinfo& info) { return {info.ndm_updated * kClockTick}; }

}  // namespace

absl::Status AppendRow(const nlmsghdr& message, std::vector<Neighbor>& neighbors) {
  return message.nlmsg_type == RTM_NEWNEIGH ? AppendChangedNeighbor(message, neighbors) : absl::OkStatus();
}

absl::Status AppendChangedNeighbor(const nlmsghdr& message, std::vector<Neighbor>& neighbors) {
  if (message.nlmsg_type != RTM_NEWNEIGH && message.nlmsg_type != RTM_DELNEIGH) return absl::OkStatus();
  AttributeReader read("RTM_NEWNEIGH", message);
  const auto* header = read.Header<ndmsg>();
  if (header == nullptr) return read.status();
  const std::optional<Family> family = FamilyFrom(header->ndm_family);
  if (!family) return absl::OkStatus();

  Neighbor neighbor;
  neighbor.link = header->ndm_ifindex;
  neighbor.state = header->ndm_state;
  neighbor.flags = header->ndm_flags;
  bool has_address = false;
  while (const nlattr* attribute = read.Next()) {
    switch (TypeOf(attribute)) {
      case NDA_DST:
        neighbor.address = read.Address(attribute, "NDA_DST", *family);
        has_address = true;
        break;
      case NDA_LLADDR:
        neighbor.mac = MacFrom(attribute);
        break;
      case NDA_CACHEINFO:
        neighbor.unchanged = UnchangedFor(read.Value<nda_cacheinfo>(attribute, "NDA_CACHEINFO"));
        break;
    }
  }
  read.Require(has_address, "it has no NDA_DST");
  if (read.ok()) neighbors.push_back(neighbor);
  return read.status();
}

absl::Status AppendRow(const nlmsghdr& message, std::vector<FdbEntry>& entries) {
  if (message.nlmsg_type != RTM_NEWNEIGH) return absl::OkStatus();
  AttributeReader read("RTM_NEWNEIGH of AF_BRIDGE", message);
  const auto* header = read.Header<ndmsg>();
  if (header == nullptr) return read.status();
  if (header->ndm_family != AF_BRIDGE) return absl::OkStatus();

  FdbEntry entry;
  entry.link = header->ndm_ifindex;
  entry.state = header->ndm_state;
  entry.flags = header->ndm_flags;
  std::optional<MacAddress> mac;
  while (const nlattr* attribute = read.Next()) {
    switch (TypeOf(attribute)) {
      case NDA_LLADDR:
        mac = read.Value<MacAddress>(attribute, "NDA_LLADDR");
        break;
      case NDA_DST:
        entry.destination = AddressFrom(DataOf(attribute), SizeOf(attribute));
        read.Require(entry.destination.has_value(), "NDA_DST is no IPv4 or IPv6 address");
        break;
    }
  }
  read.Require(mac.has_value(), "it has no NDA_LLADDR");
  if (!read.ok()) return read.status();
  entry.mac = *mac;
  entries.push_back(entry);
  return absl::OkStatus();
}

absl::Status AppendRow(const nlmsghdr& message, std::vector<NeighborLimits>& limits) {
  if (message.nlmsg_type != RTM_NEWNEIGHTBL) return absl::OkStatus();
  AttributeReader read("RTM_NEWNEIGHTBL", message);
  const auto* header = read.Header<ndtmsg>();
  if (header == nullptr) return read.status();
  const std::optional<Family> family = FamilyFrom(header->ndtm_family);
  if (!family) return absl::OkStatus();

  NeighborLimits row;
  row.family = *family;
  bool whole_table = false;  // other messages are about one interface, and have no NDTA_CONFIG
  while (const nlattr* attribute = read.Next()) {
    switch (TypeOf(attribute)) {
      case NDTA_CONFIG:
        row.entries = read.Value<ndt_config>(attribute, "NDTA_CONFIG").ndtc_entries;
        whole_table = true;
        break;
      case NDTA_THRESH2:
        row.soft_limit = read.Value<uint32_t>(attribute, "NDTA_THRESH2");
        break;
      case NDTA_THRESH3:
        row.limit = read.Value<uint32_t>(attribute, "NDTA_THRESH3");
        break;
    }
  }
  if (!read.ok() || !whole_table) return read.status();
  // The kernel describes a table anew in each part of a long dump.
  const auto earlier = std::find_if(limits.begin(), limits.end(),
                                    [&](const NeighborLimits& other) { return other.family == row.family; });
  if (earlier == limits.end())
    limits.push_back(row);
  else
    *earlier = row;
  return absl::OkStatus();
}

}  // namespace caliwatch
