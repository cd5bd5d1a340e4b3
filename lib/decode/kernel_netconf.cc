// SPDX-License-Identifier: Apache-2.0
#include <linux/netconf.h>
#include <linux/rtnetlink.h>

#include "lib/decode/kernel_attributes.h"
#include "lib/decode/kernel_messages.h"

namespace caliwatch {

absl::Status AppendRow(const nlmsghdr& message, std::vector<NetConf>& netconf) {
  if (message.nlmsg_type != RTM_NEWNETCONF) return absl::OkStatus();
  AttributeReader read("RTM_NEWNETCONF", message);
  const auto* header = read.Header<netconfmsg>();
  if (header == nullptr) return read.status();
  const std::optional<Family> family = FamilyFrom(header->ncm_family);
  if (!family) return absl::OkStatus();

  NetConf row;
  row.family = *family;
  bool has_link = false;
  while (const nlattr* attribute = read.Next()) {
    switch (TypeOf(attribute)) {
      case NETCONFA_IFINDEX:
        row.link = read.Value<int>(attribute, "NETCONFA_IFINDEX");
        has_link = true;
        break;
      case NETCONFA_FORWARDING:
        row.forwarding = read.Value<int>(attribute, "NETCONFA_FORWARDING");
        break;
      case NETCONFA_RP_FILTER:
        row.rp_filter = read.Value<int>(attribute, "NETCONFA_RP_FILTER");
        break;
      case NETCONFA_PROXY_NEIGH:
        row.proxy_neigh = read.Value<int>(attribute, "NETCONFA_PROXY_NEIGH");
        break;
    }
  }
  read.Require(has_link, "it has no NETCONFA_IFINDEX");
  if (read.ok()) netconf.push_back(row);
  return read.status();
}

}  // namespace caliwatch
