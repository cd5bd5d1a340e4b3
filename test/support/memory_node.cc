// SPDX-License-Identifier: Apache-2.0
#include "test/support/memory_node.h"

#include <cstring>

#include <absl/strings/str_cat.h>
#include <linux/fib_rules.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/inet_diag.h>
#include <linux/net_namespace.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <sys/socket.h>

#include "test/support/bird_recordings.h"

namespace caliwatch {
namespace {

struct Attribute {
  int type;
  std::string bytes;
};

template <class Value>
std::string BytesOf(const Value& value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}

std::string BytesOf(const IpAddress& address) {
  return std::string(reinterpret_cast<const char*>(address.bytes.data()), address.size());
}

// Built by libnl, as the kernel's are by the kernel: not by code of ours.
template <class Header>
std::string Message(int type, const Header& header, const std::vector<Attribute>& attributes) {
  nl_msg* message = nlmsg_alloc_simple(type, NLM_F_MULTI);
  Header copy = header;
  nlmsg_append(message, &copy, sizeof copy, NLMSG_ALIGNTO);
  for (const Attribute& attribute : attributes)
    nla_put(message, attribute.type, static_cast<int>(attribute.bytes.size()), attribute.bytes.data());
  const nlmsghdr* framed = nlmsg_hdr(message);
  const std::string bytes(reinterpret_cast<const char*>(framed), framed->nlmsg_len);
  nlmsg_free(message);
  return bytes;
}

int FamilyNumber(const IpAddress& address) { return address.family == Family::kIpv4 ? AF_INET : AF_INET6; }

std::string LinkMessage(int index, const std::string& name) {
  ifinfomsg header{};
  header.ifi_index = index;
  header.ifi_flags = IFF_UP;
  return Message(RTM_NEWLINK, header,
                 {{IFLA_IFNAME, name + '\0'}, {IFLA_MTU, BytesOf<uint32_t>(1480)}, {IFLA_CARRIER, "\1"}});
}

std::string AddressMessage(absl::string_view text, int link) {
  const IpAddress address = *IpAddress::Parse(text);
  ifaddrmsg header{};
  header.ifa_family = static_cast<uint8_t>(FamilyNumber(address));
  header.ifa_prefixlen = 24;
  header.ifa_index = static_cast<uint32_t>(link);
  return Message(RTM_NEWADDR, header, {{IFA_ADDRESS, BytesOf(address)}, {IFA_LOCAL, BytesOf(address)}});
}

std::string NeighborMessage(absl::string_view text, int link) {
  const IpAddress address = *IpAddress::Parse(text);
  ndmsg header{};
  header.ndm_family = static_cast<uint8_t>(FamilyNumber(address));
  header.ndm_ifindex = link;
  header.ndm_state = NUD_REACHABLE;
  return Message(RTM_NEWNEIGH, header,
                 {{NDA_DST, BytesOf(address)}, {NDA_LLADDR, BytesOf(MacAddress{2, 0, 0, 0, 0, 7})}});
}

std::string FdbMessage(uint8_t last_of_mac, absl::string_view remote) {
  ndmsg header{};
  header.ndm_family = AF_BRIDGE;
  header.ndm_ifindex = 9;
  header.ndm_state = NUD_PERMANENT;
  header.ndm_flags = NTF_SELF;
  return Message(RTM_NEWNEIGH, header,
                 {{NDA_LLADDR, BytesOf(MacAddress{0x66, 0, 0, 0, 0, last_of_mac})},
                  {NDA_DST, BytesOf(*IpAddress::Parse(remote))}});
}

std::string NetConfMessage(int family, int link) {
  netconfmsg header{};
  header.ncm_family = static_cast<uint8_t>(family);
  return Message(RTM_NEWNETCONF, header, {{NETCONFA_IFINDEX, BytesOf(link)}, {NETCONFA_FORWARDING, BytesOf<int>(1)}});
}

std::string RuleMessage(int family, uint32_t priority) {
  fib_rule_hdr header{};
  header.family = static_cast<uint8_t>(family);
  header.action = FR_ACT_TO_TBL;
  return Message(RTM_NEWRULE, header, {{FRA_PRIORITY, BytesOf(priority)}});
}

std::string LinkStatsMessage(int link) {
  if_stats_msg header{};
  header.ifindex = static_cast<uint32_t>(link);
  return Message(RTM_NEWSTATS, header, {{IFLA_STATS_LINK_64, BytesOf(rtnl_link_stats64{})}});
}

std::string NeighborTableMessage(int family, const std::string& name) {
  ndtmsg header{};
  header.ndtm_family = static_cast<uint8_t>(family);
  ndt_config config{};
  config.ndtc_entries = 12;
  return Message(RTM_NEWNEIGHTBL, header,
                 {{NDTA_NAME, name + '\0'},
                  {NDTA_THRESH2, BytesOf<uint32_t>(512)},
                  {NDTA_THRESH3, BytesOf<uint32_t>(1024)},
                  {NDTA_CONFIG, BytesOf(config)}});
}

std::string BgpSocketMessage(absl::string_view local, absl::string_view remote) {
  const IpAddress from = *IpAddress::Parse(local), to = *IpAddress::Parse(remote);
  inet_diag_msg header{};
  header.idiag_family = static_cast<uint8_t>(FamilyNumber(from));
  header.idiag_state = 1;
  header.id.idiag_dport = htons(179);
  std::memcpy(header.id.idiag_src, from.bytes.data(), from.size());
  std::memcpy(header.id.idiag_dst, to.bytes.data(), to.size());
  return Message(SOCK_DIAG_BY_FAMILY, header, {});
}

std::string PodMessage(int32_t netns_id) {
  return Message(RTM_NEWNSID, rtgenmsg{}, {{NETNSA_NSID, BytesOf(netns_id)}});
}

template <class Value>
bool Same(const absl::StatusOr<Value>& a, const absl::StatusOr<Value>& b) {
  return a.status() == b.status() && (!a.ok() || *a == *b);
}

}  // namespace

absl::Status MemoryNode::Dump(KernelTable table, OnMessage on_message) {
  asked.emplace_back(ToString(table));
  for (const std::string& message : messages[table]) on_message(*reinterpret_cast<const nlmsghdr*>(message.data()));
  return absl::OkStatus();
}

absl::StatusOr<std::string> MemoryNode::AskBird(BirdDaemon daemon, BirdQuestion question) {
  asked.push_back(absl::StrCat(ToString(daemon), ": ", ToString(question)));
  const auto answer = answers.find({daemon, question});
  return answer == answers.end() ? absl::NotFoundError("no such socket") : answer->second;
}

absl::StatusOr<BirdSocketInfo> MemoryNode::IdentifyBird(BirdDaemon daemon) {
  const auto facts = bird_facts.find(daemon);
  return facts != bird_facts.end() ? absl::StatusOr<BirdSocketInfo>(facts->second) : absl::NotFoundError("no facts");
}

absl::StatusOr<std::string> MemoryNode::ReadText(TextSource file) {
  asked.emplace_back(ToString(file));
  const auto content = files.find(file);
  return content == files.end() ? absl::NotFoundError("no such file") : content->second;
}

absl::StatusOr<std::vector<NamedFile>> MemoryNode::ReadEndpointFiles() {
  asked.emplace_back("endpoint-status");
  return endpoint_files;
}

std::string RouteMessage(const Prefix& destination, int link) {
  rtmsg header{};
  header.rtm_family = static_cast<uint8_t>(FamilyNumber(destination.address));
  header.rtm_dst_len = destination.length;
  header.rtm_table = RT_TABLE_MAIN;
  header.rtm_type = RTN_UNICAST;
  return Message(RTM_NEWROUTE, header, {{RTA_DST, BytesOf(destination.address)}, {RTA_OIF, BytesOf(link)}});
}

std::string FelixAnswers(int readiness, int liveness) {
  const auto answer = [](absl::string_view path, int code) {
    return absl::StrCat("http://localhost:9099", path, "\nHTTP/1.0 ", code, " \r\nContent-Length: 0\r\n\r\n");
  };
  return absl::StrCat(answer("/readiness", readiness), "\n", answer("/liveness", liveness));
}

MemoryNode ReadableNode() {
  MemoryNode node;
  node.messages = {
      {KernelTable::kLinks, {LinkMessage(1, "lo"), LinkMessage(7, "cali12ab34cd56e")}},
      {KernelTable::kAddresses, {AddressMessage("10.39.1.231", 2), AddressMessage("fd39:1::231", 2)}},
      {KernelTable::kRoutes,
       {RouteMessage(*Prefix::Parse("10.65.0.2/32"), 7), RouteMessage(*Prefix::Parse("fd65::2/128"), 7)}},
      {KernelTable::kNeighbors, {NeighborMessage("10.65.0.2", 7), NeighborMessage("fd65::2", 7)}},
      {KernelTable::kFdb, {FdbMessage(1, "10.39.1.219"), FdbMessage(2, "10.39.1.220")}},
      {KernelTable::kNetconf, {NetConfMessage(AF_INET, 7), NetConfMessage(AF_INET6, 7)}},
      {KernelTable::kNeighborLimits,
       {NeighborTableMessage(AF_INET, "arp_cache"), NeighborTableMessage(AF_INET6, "ndisc_cache")}},
      {KernelTable::kRules, {RuleMessage(AF_INET, 99), RuleMessage(AF_INET6, 99)}},
      {KernelTable::kLinkStats, {LinkStatsMessage(1), LinkStatsMessage(7)}},
      {KernelTable::kBgpSockets,
       {BgpSocketMessage("10.39.1.231", "10.39.1.219"), BgpSocketMessage("fd39:1::231", "fd39:1::219")}},
      {KernelTable::kPods, {PodMessage(3), LinkMessage(2, "eth0"), NeighborMessage("169.254.1.1", 2)}},
  };
  const std::pair<BirdDaemon, std::string> daemons[] = {{BirdDaemon::kBird, "1.6.8/established__"},
                                                        {BirdDaemon::kBird6, "1.6.8/ipv6__"}};
  for (const auto& [daemon, recording] : daemons) {
    node.answers[{daemon, BirdQuestion::kStatus}] = ReadBirdRecording(recording + "show_status.txt");
    node.answers[{daemon, BirdQuestion::kProtocolsAll}] = ReadBirdRecording(recording + "show_protocols_all.txt");
  }
  node.files = {{TextSource::kNodeName, "node-1\n"},
                {TextSource::kMtu, "1480"},
                {TextSource::kFelix, FelixAnswers()},
                {TextSource::kCniKubeconfig, "2026-11-27T12:00:00Z"}};
  node.endpoint_files = std::vector<NamedFile>{
      {"k8s default%2Fweb-0 eth0", R"({"ifaceName":"cali12ab34cd56e","ipv4Nets":["10.65.0.2/32"]})"},
      {"k8s default%2Fweb-1 eth0", R"({"ifaceName":"cali9876543210f","ipv4Nets":["10.65.0.3/32"]})"}};
  return node;
}

std::vector<std::string> DifferentSources(const Snapshot& a, const Snapshot& b) {
  std::vector<std::string> names;
  ForEachTable([&](absl::string_view source, const auto& of) {
    const bool listed = !names.empty() && names.back() == source;
    if (!Same(of(a), of(b)) && !listed) names.emplace_back(source);
  });
  return names;
}

}  // namespace caliwatch
