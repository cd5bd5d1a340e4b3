// SPDX-License-Identifier: Apache-2.0
// What we read of a real kernel's tables, against what iproute2 reads of them.

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include <absl/functional/function_ref.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <linux/if_addr.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>

#include "lib/node/kernel_socket.h"
#include "test/support/kernel_decoding.h"
#include "test/support/kernel_witness.h"
#include "test/support/own_namespace.h"

namespace caliwatch {
namespace {

// A node with workloads (one of them without carrier), a bridge and VXLAN devices, and routes of every kind we know of.
constexpr char kNode[] = R"(
ip link set lo up
ip link add eth0 type veth peer name fabric
ip link add br0 type bridge
ip link set fabric master br0
ip link add cali0 type veth peer name pod0
ip link add cali1 type veth peer name pod1
for link in eth0 fabric cali0 pod0 cali1; do ip link set $link up; done
ip address add 10.39.0.1/16 dev eth0
ip address add 2001:db8:39::1/64 dev eth0 nodad
ip address add 10.39.0.4/16 dev eth0 valid_lft 3000 preferred_lft 2000
ip address add 2001:db8:39::4/64 dev eth0 nodad valid_lft 3000 preferred_lft 0
ip address add 10.99.0.1 peer 10.99.0.2 dev pod0 noprefixroute

ip route add 10.65.1.0/26 via 10.39.0.2 dev eth0 proto bird
ip route add 10.65.2.0/26 via 10.40.0.9 dev eth0 onlink proto bird
ip route add 10.65.3.0/26 proto bird nexthop via 10.39.0.2 dev eth0 weight 2 nexthop via 10.40.0.3 dev eth0 onlink
ip route add blackhole 10.65.0.0/26 proto bird
ip route add unreachable 10.65.9.0/26
ip route add 10.65.0.0/32 dev cali0 scope link proto boot
ip route add 10.65.0.1/32 dev cali1 scope link proto boot
ip route add 10.65.0.1/32 dev cali0 scope link proto boot metric 1024
ip route add 10.65.1.0/24 via 10.39.0.3 dev eth0 proto 80
ip route add 10.66.0.0/16 via 10.39.0.2 table 1000 metric 7
ip route add 10.67.0.0/16 via inet6 fe80::1 dev eth0
ip route add default via 10.39.0.254
ip nexthop add id 7 via 10.39.0.5 dev eth0
ip nexthop add id 8 via 10.39.0.6 dev eth0
ip nexthop add id 9 group 7/8
ip route add 10.68.0.0/16 nhid 7
ip route add 10.69.0.0/16 nhid 9
ip route add 2001:db8:65::/122 via 2001:db8:39::2 proto bird
ip route add 2001:db8:67::/122 proto bird nexthop via 2001:db8:39::2 dev eth0 nexthop via 2001:db8:39::3 dev eth0
ip route add blackhole 2001:db8:66::/122 proto bird
ip route add 10.65.4.0/26 via 10.39.0.2 dev eth0 onlink mtu 1450
ip route add 2001:db8:69::/122 via 2001:db8:39::2 expires 3000 mtu 1400
ip route add 2001:db8:68::/122 nhid 7 2>/dev/null || true
ip route add default via 2001:db8:39::ff

ip neighbor add 10.65.0.1 lladdr 0a:00:00:00:00:01 dev cali0 nud permanent
ip neighbor add 10.39.0.7 dev eth0 nud failed
ip neighbor add 10.39.0.8 lladdr 0a:00:00:00:00:02 dev eth0 nud stale
ip neighbor add 10.39.0.9 lladdr 0a:00:00:00:00:03 dev eth0 extern_learn
ip neighbor add 2001:db8:39::2 lladdr 0a:00:00:00:00:04 dev eth0 router nud permanent

ip link add vxlan.calico type vxlan id 4096 dstport 4789 local 10.39.0.1 dev eth0 nolearning
ip link add vxlan-v6.calico type vxlan id 4097 dstport 4790 local 2001:db8:39::1 dev eth0 nolearning
bridge fdb add 66:00:00:00:00:01 dev vxlan.calico dst 10.39.0.2
bridge fdb append 00:00:00:00:00:00 dev vxlan.calico dst 10.39.0.3
bridge fdb add 66:00:00:00:00:02 dev vxlan-v6.calico dst 2001:db8:39::2
ip link add vxlan9 type vxlan id 9 dstport 4791
ip link add flows type vxlan dstport 4792 external

ip rule add not fwmark 0x100000/0x100000 priority 99 table 1
ip rule add fwmark 0x7 priority 100 table 1000
ip rule add from 10.65.0.0/16 to 10.66.1.1 iif cali0 oif eth0 priority 98 lookup main suppress_prefixlength 0
ip -6 rule add from 2001:db8:65::/64 priority 97 protocol 99 blackhole

echo 2 > /proc/sys/net/ipv6/conf/eth0/accept_ra
echo 1 > /proc/sys/net/ipv6/conf/cali0/forwarding
echo 1 > /proc/sys/net/ipv4/conf/cali0/forwarding
echo 1 > /proc/sys/net/ipv4/conf/cali0/proxy_arp
echo 2 > /proc/sys/net/ipv4/conf/eth0/rp_filter
echo 1 > /proc/sys/net/ipv6/conf/cali0/proxy_ndp
echo 1 > /proc/sys/net/ipv6/conf/default/forwarding
)";

template <class Row>
std::vector<Row> Read(KernelTable table) {
  std::vector<Row> rows;
  absl::Status decoded;
  const absl::Status dumped = KernelSocket::Open().value()->Dump(
      table, [&](const nlmsghdr& message) { decoded.Update(AppendRow(message, rows)); });
  INFO(dumped << ", " << decoded);
  if (!absl::IsAborted(dumped)) REQUIRE((dumped.ok() && decoded.ok()));
  return rows;
}

std::string LinkName(int index) {
  static std::map<int, std::string> names = {
      {0, "-"}, {NETCONFA_IFINDEX_ALL, "all"}, {NETCONFA_IFINDEX_DEFAULT, "default"}};
  if (names.count(index) == 0)
    for (const Link& link : Read<Link>(KernelTable::kLinks)) names[link.index] = link.name;
  return names.at(index);
}

std::string TextOf(const std::optional<MacAddress>& mac) { return mac ? ToString(*mac) : "-"; }
std::string TextOf(const std::optional<IpAddress>& address) { return address ? address->ToString() : "-"; }
std::string TextOf(const std::optional<int>& number) { return number ? absl::StrCat(*number) : "-"; }
std::string If(bool condition, absl::string_view words) { return condition ? absl::StrCat(" ", words) : ""; }

std::string TextOf(const std::optional<Prefix>& prefix) { return prefix ? prefix->ToString() : "all"; }

std::string TextOf(const VxlanSettings& vxlan) {
  if (vxlan.flow_based) return " flow-based";
  return absl::StrCat(" id ", vxlan.id, " local ", TextOf(vxlan.local), " parent ", LinkName(vxlan.parent), " port ",
                      vxlan.port, If(vxlan.learning, "learning"));
}

std::string LineOf(const Link& link) {
  return absl::StrCat(link.index, " ", link.name, " ", link.kind.empty() ? "-" : link.kind, If(link.up, "up"),
                      If(link.up && link.carrier, "carrier"), " mtu ", link.mtu, " master ", LinkName(link.master),
                      " mac ", TextOf(link.mac), " netns ", link.peer_netns_id.value_or(-1),
                      If(link.running, "running"), link.vxlan ? TextOf(*link.vxlan) : "", " ipv6 forwarding ",
                      TextOf(link.ipv6_forwarding), " accept_ra ", TextOf(link.accept_ra));
}

std::string LineOf(const Address& address) {
  return absl::StrCat(LinkName(address.link), " ", address.address.ToString(), "/", address.prefix_length, " scope ",
                      address.scope, If(address.flags & IFA_F_TENTATIVE, "tentative"),
                      If(address.flags & IFA_F_NODAD, "nodad"),
                      If(address.flags & IFA_F_NOPREFIXROUTE, "noprefixroute"), " valid ", address.valid.seconds,
                      " preferred ", address.preferred.seconds);
}

std::string LineOf(const Route& route) {
  return absl::StrCat(route.destination.ToString(), " table ", route.table, " type ", route.type, " protocol ",
                      route.protocol, " scope ", route.scope, " metric ", route.metric, " nexthop ", route.nexthop_id,
                      " mtu ", route.mtu, " expires ", route.expires.IsForever() ? -1 : int64_t{route.expires.seconds},
                      " path ", route.hop, " dev ", LinkName(route.link), " via ", TextOf(route.gateway),
                      If(route.flags & RTNH_F_ONLINK, "onlink"), If(route.flags & RTNH_F_LINKDOWN, "linkdown"),
                      If(route.flags & RTNH_F_DEAD, "dead"));
}

std::string LineOf(const Neighbor& neighbor) {
  return absl::StrCat(neighbor.address.ToString(), " dev ", LinkName(neighbor.link), " mac ", TextOf(neighbor.mac), " ",
                      NeighborStateName(neighbor.state), If(neighbor.flags & NTF_ROUTER, "router"),
                      If(neighbor.flags & NTF_EXT_LEARNED, "external"));
}

std::string LineOf(const FdbEntry& entry) {
  return absl::StrCat(ToString(entry.mac), " dev ", LinkName(entry.link), " dst ", TextOf(entry.destination), " ",
                      entry.state & NUD_PERMANENT ? "permanent" : "-", If(entry.flags & NTF_SELF, "self"));
}

std::string LineOf(const NetConf& netconf) {
  return absl::StrCat(ToString(netconf.family), " ", LinkName(netconf.link), " forwarding ", TextOf(netconf.forwarding),
                      " rp_filter ", TextOf(netconf.rp_filter), " proxy ", TextOf(netconf.proxy_neigh));
}

std::string LineOf(const NeighborLimits& limits) {
  return absl::StrCat(ToString(limits.family), " ", limits.soft_limit, " ", limits.limit);
}

std::string LineOf(const Rule& rule) {
  return absl::StrCat(ToString(rule.family), " ", rule.priority, " table ", rule.table, If(rule.inverted, "not"),
                      " mark ", rule.mark, "/", rule.mask, " from ", TextOf(rule.from), " to ", TextOf(rule.to), " in ",
                      rule.input_interface.empty() ? "-" : rule.input_interface, " out ",
                      rule.output_interface.empty() ? "-" : rule.output_interface, " protocol ", rule.protocol,
                      " suppress ", rule.shortest_prefix ? int64_t{*rule.shortest_prefix} : -1);
}

std::string LineOf(const LinkStats& stats) {
  return absl::StrCat(LinkName(stats.link), " received ", stats.received_packets, " packets ", stats.received_bytes,
                      " bytes ", stats.receive_errors, " errors ", stats.receive_drops, " dropped sent ",
                      stats.sent_packets, " packets ", stats.sent_bytes, " bytes ", stats.send_errors, " errors ",
                      stats.send_drops, " dropped ", stats.carrier_errors, " carrier_errors");
}

// Rows, and what runs down in them, in order: seconds that an address or a route has left.
struct Table {
  std::vector<std::string> rows;
  std::vector<int64_t> left;

  explicit Table(const Lines& lines) {
    static const std::regex countdown(" (valid|preferred|expires) ([0-9]+)");
    for (const std::string& line : lines) rows.push_back(std::regex_replace(line, countdown, " $1 …"));
    std::sort(rows.begin(), rows.end());
    for (const std::string& line : lines)
      for (std::sregex_iterator at(line.begin(), line.end(), countdown), end; at != end; ++at)
        left.push_back(std::stoll((*at)[2]));
    std::sort(left.begin(), left.end());
  }
};

// The kernel goes on changing a young namespace (IPv6 settles): only a table that stood still while we read it counts.
template <class Row>
void CheckAgainst(absl::FunctionRef<Lines()> witness, KernelTable table) {
  std::vector<std::string> changed;
  for (int attempt = 0; attempt < 100; ++attempt) {
    const Table before(witness());
    Lines lines;
    for (const Row& row : Read<Row>(table)) lines.insert(LineOf(row));
    const Table ours(lines), after(witness());
    changed.clear();
    std::set_symmetric_difference(before.rows.begin(), before.rows.end(), after.rows.begin(), after.rows.end(),
                                  std::back_inserter(changed));
    if (!changed.empty()) continue;
    CHECK(!before.rows.empty());
    CHECK(ours.rows == before.rows);
    CHECK(std::equal(ours.left.begin(), ours.left.end(), before.left.begin(), before.left.end(), std::less_equal<>()));
    CHECK(std::equal(ours.left.begin(), ours.left.end(), after.left.begin(), after.left.end(), std::greater_equal<>()));
    return;
  }
  FAIL("the table never stood still: " << absl::StrJoin(changed, "\n"));
}

TEST_CASE("every table of a real kernel reads as iproute2 reads it") {
  if (!InOwnNamespace()) return;
  Run(kNode);
  CheckAgainst<Link>(LinksOfIp, KernelTable::kLinks);
  CheckAgainst<Address>(AddressesOfIp, KernelTable::kAddresses);
  CheckAgainst<Route>(RoutesOfIp, KernelTable::kRoutes);
  CheckAgainst<Neighbor>(NeighborsOfIp, KernelTable::kNeighbors);
  CheckAgainst<FdbEntry>(FdbOfIp, KernelTable::kFdb);
  CheckAgainst<NetConf>(SwitchesOfProc, KernelTable::kNetconf);
  CheckAgainst<NeighborLimits>(LimitsOfIp, KernelTable::kNeighborLimits);
  CheckAgainst<Rule>(RulesOfIp, KernelTable::kRules);
  CheckAgainst<LinkStats>(StatsOfIp, KernelTable::kLinkStats);
}

TEST_CASE("a veth whose other end is in a pod has the id of the pod's namespace") {
  if (!InOwnNamespace()) return;
  const std::string pod = OutputOf("unshare --net sh -c 'echo $$; exec sleep 60 > /dev/null 2>&1' &");
  Run("ip link add cali0 type veth peer name pod0; ip link set pod0 netns " + pod);
  CheckAgainst<Link>(LinksOfIp, KernelTable::kLinks);
  CHECK(Read<Link>(KernelTable::kLinks).back().peer_netns_id.has_value());
  Run("kill " + pod);
}

TEST_CASE("the kernel's count of neighbors includes ours") {
  if (!InOwnNamespace()) return;
  Run("ip link add eth0 type veth peer name peer && ip link set eth0 up");
  for (int i = 1; i <= 50; ++i) Run(absl::StrCat("ip neighbor add 10.0.0.", i, " lladdr 02:00:00:00:00:01 dev eth0"));
  for (const NeighborLimits& limits : Read<NeighborLimits>(KernelTable::kNeighborLimits))
    if (limits.family == Family::kIpv4) CHECK(limits.entries >= 50);
}

TEST_CASE("an interface whose name is no UTF-8 keeps its bytes") {
  if (!InOwnNamespace()) return;
  const std::string name = "cali\xff\xfe\"1";
  Run("ip link add '" + name + "' type veth peer name pod0");
  REQUIRE(OutputOf("ip link show").find(name) != std::string::npos);
  const std::vector<Link> links = Read<Link>(KernelTable::kLinks);
  CHECK(std::count_if(links.begin(), links.end(), [&](const Link& link) { return link.name == name; }) == 1);
}

TEST_CASE("a real kernel's messages, cut short anywhere, are errors or rows") {
  if (!InOwnNamespace()) return;
  Run(kNode);
  int cuts = 0;
  for (const KernelTable table :
       {KernelTable::kLinks, KernelTable::kAddresses, KernelTable::kRoutes, KernelTable::kNeighbors, KernelTable::kFdb,
        KernelTable::kNetconf, KernelTable::kNeighborLimits, KernelTable::kRules, KernelTable::kLinkStats}) {
    std::vector<std::vector<char>> messages;
    const absl::Status dumped = KernelSocket::Open().value()->Dump(
        table, [&](const nlmsghdr& message) { messages.push_back(BytesOf(message)); });
    REQUIRE((dumped.ok() || absl::IsAborted(dumped)));
    for (std::vector<char>& bytes : messages) {
      for (; bytes.size() >= sizeof(nlmsghdr); bytes.pop_back(), ++cuts) {
        KernelRows rows;
        const absl::Status status = DecodeByAll(bytes, rows);
        if (!status.ok() && !absl::IsInvalidArgument(status)) FAIL(status);
        if (!status.ok() && rows.size() > 0 && table != KernelTable::kRoutes)
          FAIL("rows of a message that is an error");
      }
    }
  }
  CHECK(cuts > 10000);
}

}  // namespace
}  // namespace caliwatch
