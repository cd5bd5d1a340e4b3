// SPDX-License-Identifier: Apache-2.0
#pragma once

// What becomes of each attribute of a netlink message when it is anonymized. What no rule names is left out.

#include <cstddef>
#include <cstdint>
#include <vector>

#include <absl/strings/string_view.h>

#include "lib/node/raw_node.h"

namespace caliwatch {

enum class Treatment : uint8_t {
  kNumber,       // a number or a structure of numbers: stays
  kAddress,      // of 4 or 16 bytes
  kDestination,  // an address that the header's first prefix length is of
  kSource,       // the second one
  kHardware,     // a hardware address: Ethernet's, or a tunnel's, which is an IP address
  kName,         // of an interface
  kWord,         // of the kernel's own: stays
  kSentence,     // an error in words
  kLinkKind,     // the same, and what kLinkData after it is of
  kLinkData,     // attributes by LinkDataRules()
  kVia,          // struct rtvia
  kNest,         // attributes, by rules of their own
  kPaths,        // struct rtnexthop, each with attributes
};

struct AttributeRule {
  uint16_t type;
  Treatment treatment;
  const std::vector<AttributeRule>* inner = nullptr;  // of kNest and kPaths
};
using AttributeRules = std::vector<AttributeRule>;

struct MessageRule {
  uint16_t type;        // nlmsg_type
  size_t header_bytes;  // before the attributes
  const AttributeRules* attributes;
};

// IFLA_INFO_DATA of a kind of link: "vxlan". Null: nothing is known of it.
const AttributeRules* LinkDataRules(absl::string_view kind);

// Of a message in the dump of `table`: SOCK_DIAG_BY_FAMILY and RTM_NEWADDR are one number. Null: nothing is known of
// such messages.
const MessageRule* FindMessageRule(KernelTable table, uint16_t type);

}  // namespace caliwatch
