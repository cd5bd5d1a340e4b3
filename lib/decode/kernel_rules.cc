// SPDX-License-Identifier: Apache-2.0
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

#include "lib/decode/kernel_attributes.h"
#include "lib/decode/kernel_messages.h"

namespace caliwatch {
namespace {

Rule RuleFrom(const fib_rule_hdr& header, Family family) {
  Rule rule;
  rule.family = family;
  rule.table = header.table;
  rule.action = header.action;
  rule.inverted = (header.flags & FIB_RULE_INVERT) != 0;
  return rule;
}

Prefix PrefixFrom(AttributeReader& read, const nlattr* attribute, absl::string_view name, Family family,
                  uint8_t length) {
  const Prefix prefix{read.Address(attribute, name, family), length};
  read.Require(length <= prefix.address.bits(), "a prefix length is too long");
  return prefix;
}

}  // namespace

absl::Status AppendRow(const nlmsghdr& message, std::vector<Rule>& rules) {
  if (message.nlmsg_type != RTM_NEWRULE) return absl::OkStatus();
  AttributeReader read("RTM_NEWRULE", message);
  const auto* header = read.Header<fib_rule_hdr>();
  if (header == nullptr) return read.status();
  const std::optional<Family> family = FamilyFrom(header->family);  // multicast has rules of its own
  if (!family) return absl::OkStatus();

  Rule rule = RuleFrom(*header, *family);
  while (const nlattr* attribute = read.Next()) {
    switch (TypeOf(attribute)) {
      case FRA_PRIORITY:
        rule.priority = read.Value<uint32_t>(attribute, "FRA_PRIORITY");
        break;
      case FRA_TABLE:
        rule.table = read.Value<uint32_t>(attribute, "FRA_TABLE");
        break;
      case FRA_FWMARK:
        rule.mark = read.Value<uint32_t>(attribute, "FRA_FWMARK");
        break;
      case FRA_FWMASK:
        rule.mask = read.Value<uint32_t>(attribute, "FRA_FWMASK");
        break;
      case FRA_SRC:
        rule.from = PrefixFrom(read, attribute, "FRA_SRC", *family, header->src_len);
        break;
      case FRA_DST:
        rule.to = PrefixFrom(read, attribute, "FRA_DST", *family, header->dst_len);
        break;
      case FRA_IIFNAME:
        rule.input_interface = TextFrom(attribute);
        break;
      case FRA_OIFNAME:
        rule.output_interface = TextFrom(attribute);
        break;
      case FRA_PROTOCOL:
        rule.protocol = read.Value<uint8_t>(attribute, "FRA_PROTOCOL");
        break;
      case FRA_SUPPRESS_PREFIXLEN:
        // Always there; all ones: none are passed over.
        if (const auto length = read.Value<uint32_t>(attribute, "FRA_SUPPRESS_PREFIXLEN"); length != UINT32_MAX)
          rule.shortest_prefix = length;
        break;
    }
  }
  if (read.ok()) rules.push_back(std::move(rule));
  return read.status();
}

}  // namespace caliwatch
