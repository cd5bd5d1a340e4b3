// SPDX-License-Identifier: Apache-2.0
#include "lib/anonymize/netlink_message.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>

#include <absl/strings/ascii.h>
#include <linux/inet_diag.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>

#include "lib/anonymize/netlink_rules.h"

namespace caliwatch {
namespace {

// An attribute that claims to be longer than what follows.
constexpr nlattr kCutShort = {.nla_len = NLA_HDRLEN + 4, .nla_type = 0};

std::string_view BytesOf(const void* begin, size_t size) { return {static_cast<const char*>(begin), size}; }

std::optional<Family> FamilyOfSize(size_t size) {
  if (size == 4) return Family::kIpv4;
  if (size == 16) return Family::kIpv6;
  return std::nullopt;
}

std::string TextOf(std::string_view bytes) { return std::string(bytes.substr(0, bytes.find('\0'))); }

// "vxlan", "noqueue", "arp_cache"; empty for what is none.
std::string KernelWord(std::string_view data) {
  const std::string word = TextOf(data);
  const bool plain = std::all_of(word.begin(), word.end(),
                                 [](unsigned char c) { return absl::ascii_isalnum(c) || c == '_' || c == '-'; });
  return (plain ? word : std::string()) + '\0';
}

class MessageWriter {
 public:
  MessageWriter(const Anonymizer& anonymizer, std::string_view header) : anonymizer_(anonymizer), header_(header) {}

  // The attributes that `rules` know.
  std::string Attributes(std::string_view bytes, const AttributeRules& rules) {
    std::string out;
    while (!bytes.empty()) {
      nlattr attribute{};
      if (bytes.size() >= sizeof attribute) std::memcpy(&attribute, bytes.data(), sizeof attribute);
      if (attribute.nla_len < NLA_HDRLEN || attribute.nla_len > bytes.size())
        return out.append(BytesOf(&kCutShort, sizeof kCutShort));
      Append(attribute, bytes.substr(NLA_HDRLEN, attribute.nla_len - NLA_HDRLEN), rules, out);
      bytes.remove_prefix(std::min<size_t>(NLA_ALIGN(attribute.nla_len), bytes.size()));
    }
    return out;
  }

 private:
  void Append(nlattr attribute, std::string_view data, const AttributeRules& rules, std::string& out) {
    const uint16_t type = attribute.nla_type & NLA_TYPE_MASK;
    const auto rule =
        std::find_if(rules.begin(), rules.end(), [&](const AttributeRule& each) { return each.type == type; });
    if (rule == rules.end()) return;
    const std::string mapped = Treated(*rule, data);
    attribute.nla_len = static_cast<uint16_t>(NLA_HDRLEN + mapped.size());
    out.append(BytesOf(&attribute, sizeof attribute)).append(mapped);
    out.resize(NLA_ALIGN(out.size()));
  }

  std::string Treated(const AttributeRule& rule, std::string_view data) {
    switch (rule.treatment) {
      case Treatment::kNumber:
        return std::string(data);
      case Treatment::kAddress:
        return Address(data, data.size() * 8);
      case Treatment::kDestination:
        return Address(data, LengthAt(offsetof(rtmsg, rtm_dst_len)));
      case Treatment::kSource:
        return Address(data, LengthAt(offsetof(rtmsg, rtm_src_len)));
      case Treatment::kHardware:
        return Hardware(data);
      case Treatment::kName:
        return anonymizer_.Word(TextOf(data)) + '\0';
      case Treatment::kLinkKind:
        kind_ = TextOf(data);
        return KernelWord(data);
      case Treatment::kWord:
        return KernelWord(data);
      case Treatment::kSentence:
        return std::string(anonymizer_.Error(absl::UnavailableError(TextOf(data))).message()) + '\0';
      case Treatment::kLinkData:
        return LinkDataRules(kind_) == nullptr ? "" : Attributes(data, *LinkDataRules(kind_));
      case Treatment::kVia:
        return Via(data);
      case Treatment::kNest:
        return Attributes(data, *rule.inner);
      case Treatment::kPaths:
        return Paths(data, *rule.inner);
    }
    return "";
  }

  // A prefix length of the header: struct rtmsg and struct fib_rule_hdr have them in the same place.
  size_t LengthAt(size_t offset) const { return static_cast<uint8_t>(header_[offset]); }

  std::string Address(std::string_view data, size_t length) const {
    const std::optional<Family> family = FamilyOfSize(data.size());
    if (!family) return std::string(data.size(), '\0');
    const Prefix prefix{IpAddress::FromBytes(*family, data.data()),
                        static_cast<uint8_t>(std::min(length, data.size() * 8))};
    return std::string(BytesOf(anonymizer_.addresses().Map(prefix).address.bytes.data(), data.size()));
  }

  std::string Hardware(std::string_view data) const {
    MacAddress mac;
    if (data.size() != mac.size()) return Address(data, data.size() * 8);
    std::copy(data.begin(), data.end(), mac.begin());
    mac = anonymizer_.addresses().Map(mac);
    return std::string(BytesOf(mac.data(), mac.size()));
  }

  std::string Via(std::string_view data) const {
    const size_t family = std::min(sizeof(rtvia), data.size());
    const std::string_view address = data.substr(family);
    return std::string(data.substr(0, family)) + Address(address, address.size() * 8);
  }

  std::string Paths(std::string_view data, const AttributeRules& rules) {
    std::string out;
    while (!data.empty()) {
      rtnexthop path{};
      if (data.size() >= sizeof path) std::memcpy(&path, data.data(), sizeof path);
      if (path.rtnh_len < sizeof path || path.rtnh_len > data.size()) return out + '\0';
      const std::string attributes = Attributes(data.substr(sizeof path, path.rtnh_len - sizeof path), rules);
      const size_t step = std::min<size_t>(RTNH_ALIGN(path.rtnh_len), data.size());
      path.rtnh_len = static_cast<uint16_t>(sizeof path + attributes.size());
      out.append(BytesOf(&path, sizeof path)).append(attributes);
      data.remove_prefix(step);
    }
    return out;
  }

  const Anonymizer& anonymizer_;
  std::string_view header_;
  std::string kind_;  // of the link
};

// Whom a socket connects, in its header; and the user who has it, and its inode, which tell nothing of a network.
void AnonymizeSocket(const Anonymizer& anonymizer, std::string& header) {
  inet_diag_msg socket{};
  std::memcpy(&socket, header.data(), sizeof socket);
  const Family family = socket.idiag_family == AF_INET6 ? Family::kIpv6 : Family::kIpv4;
  for (auto* address : {&socket.id.idiag_src, &socket.id.idiag_dst}) {
    const IpAddress mapped = anonymizer.addresses().Map(IpAddress::FromBytes(family, *address));
    std::memcpy(*address, mapped.bytes.data(), sizeof *address);
  }
  socket.idiag_uid = 0;
  socket.idiag_inode = 0;
  std::memcpy(header.data(), &socket, sizeof socket);
}

}  // namespace

std::string AnonymizedMessage(const Anonymizer& anonymizer, KernelTable table, const nlmsghdr& message) {
  const MessageRule* rule = FindMessageRule(table, message.nlmsg_type);
  if (rule == nullptr) return "";
  std::string_view body = BytesOf(NLMSG_DATA(&message), message.nlmsg_len - NLMSG_HDRLEN);
  std::string header(body.substr(0, rule->header_bytes));
  const bool whole = header.size() == rule->header_bytes;
  if (whole && table == KernelTable::kBgpSockets) AnonymizeSocket(anonymizer, header);
  std::string out(NLMSG_HDRLEN, '\0');
  out += header;
  if (whole) {
    const size_t aligned = std::min<size_t>(NLMSG_ALIGN(rule->header_bytes), body.size());
    out.resize(NLMSG_HDRLEN + NLMSG_ALIGN(rule->header_bytes));
    out += MessageWriter(anonymizer, header).Attributes(body.substr(aligned), *rule->attributes);
  }
  nlmsghdr head = message;
  head.nlmsg_len = static_cast<uint32_t>(out.size());
  head.nlmsg_pid = 0;
  std::memcpy(out.data(), &head, sizeof head);
  return out;
}

}  // namespace caliwatch
