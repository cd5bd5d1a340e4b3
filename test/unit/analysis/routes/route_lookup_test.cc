// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/route_lookup.h"

#include <algorithm>

#include <linux/fib_rules.h>

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

constexpr int kEth0 = 2, kEth1 = 3;
constexpr uint32_t kOther = 100;  // table

IpAddress At(absl::string_view text) { return *IpAddress::Parse(text); }

Route Over(absl::string_view destination, int link, uint32_t metric = 0, uint32_t table = RT_TABLE_MAIN) {
  Route route = WorkloadRoute(destination, link);
  route.metric = metric;
  route.table = table;
  return route;
}

Rule Lookup(uint32_t priority, uint32_t table) {
  Rule rule;
  rule.priority = priority;
  rule.table = table;
  rule.action = FR_ACT_TO_TBL;
  return rule;
}

class Node {
 public:
  explicit Node(std::vector<Route> routes, std::vector<Rule> rules = {})
      : routes_(Sorted(std::move(routes))), lookup_(routes_, rules) {}

  // Interface of the first next hop; 0: no route.
  int LinkTo(const Packet& packet) const {
    const auto hops = lookup_.Find(packet);
    return hops.empty() ? 0 : hops.front().link;
  }
  int LinkTo(absl::string_view to) const { return LinkTo({.to = At(to)}); }
  size_t HopsTo(absl::string_view to) const { return lookup_.Find({.to = At(to)}).size(); }

 private:
  static std::vector<Route> Sorted(std::vector<Route> routes) {
    std::sort(routes.begin(), routes.end(), [](const Route& a, const Route& b) { return a.CompareKey(b) < 0; });
    return routes;
  }

  std::vector<Route> routes_;
  RouteLookup lookup_;
};

TEST_CASE("the longest prefix counts, then the lowest metric") {
  const Node node({Over("0.0.0.0/0", 9, 50), Over("0.0.0.0/0", 8, 100), Over("10.0.0.0/8", 7), Over("10.9.0.0/17", 6),
                   Over("10.9.0.7", 5)});
  CHECK(node.LinkTo("192.0.2.1") == 9);
  CHECK(node.LinkTo("10.200.0.1") == 7);
  CHECK(node.LinkTo("10.9.127.255") == 6);
  CHECK(node.LinkTo("10.9.128.0") == 7);
  CHECK(node.LinkTo("10.9.0.7") == 5);
}

TEST_CASE("it is the same for IPv6, where one destination may leave by several interfaces") {
  const Node node({Over("::/0", 9), Over("fd39:1::/64", 6), Over("fd39:1::/64", 7), Over("fd39:1::7/128", 5)});
  CHECK(node.LinkTo("2001:db8::1") == 9);
  CHECK(node.HopsTo("fd39:1::8") == 2);
  CHECK(node.LinkTo("fd39:1::7") == 5);
}

TEST_CASE("all next hops of a route are found, and of the next metric none") {
  Route first = Over("10.0.0.0/8", 5), second = Over("10.0.0.0/8", 6);
  second.hop = 1;
  const Node node({first, second, Over("10.0.0.0/8", 7, 10)});
  CHECK(node.HopsTo("10.1.1.1") == 2);
}

TEST_CASE("a route of a dead interface or for one type of service does not count") {
  Route dead = Over("10.0.0.0/8", 5), marked = Over("10.0.0.0/8", 6);
  dead.flags = RTNH_F_DEAD;
  marked.tos = 0x10;
  CHECK(Node({Over("0.0.0.0/0", 9), dead, marked}).LinkTo("10.1.1.1") == 9);
  CHECK(Node({Over("0.0.0.0/0", 9), dead, Over("10.0.0.0/8", 7, 10)}).LinkTo("10.1.1.1") == 7);
}

TEST_CASE("where nothing leads, nothing is found") {
  CHECK(Node({Over("10.0.0.0/8", 5)}).LinkTo("192.0.2.1") == 0);
  CHECK(Node({}).LinkTo("192.0.2.1") == 0);
}

TEST_CASE("an address of the node's own is its own, by the table that is asked first") {
  Route own = Over("10.9.0.11", kEth0, 0, RT_TABLE_LOCAL);
  own.type = RTN_LOCAL;
  const std::vector<Route> routes = {own, Over("10.9.0.11", kEth1), Over("0.0.0.0/0", kEth1)};
  CHECK(Node(routes).LinkTo("10.9.0.11") == kEth0);
}

TEST_CASE("rules are asked by their priority, each for the packets that it is for") {
  const std::vector<Route> routes = {Over("0.0.0.0/0", kEth0), Over("0.0.0.0/0", kEth1, 0, kOther)};
  Rule rule = Lookup(100, kOther);
  const auto link = [&](const Packet& packet) {
    return Node(routes, {Lookup(32766, RT_TABLE_MAIN), rule}).LinkTo(packet);
  };
  const Packet packet{.to = At("192.0.2.1"), .from = At("10.48.0.1"), .input_interface = "cali1"};
  SECTION("for all") { CHECK(link(packet) == kEth1); }
  SECTION("by source") {
    rule.from = *Prefix::Parse("10.48.0.0/16");
    CHECK(link(packet) == kEth1);
    CHECK(link({.to = packet.to, .from = At("10.9.0.11")}) == kEth0);
    CHECK(link({.to = packet.to}) == kEth0);
  }
  SECTION("by destination") {
    rule.to = *Prefix::Parse("192.0.2.0/24");
    CHECK(link(packet) == kEth1);
    CHECK(link({.to = At("198.51.100.1")}) == kEth0);
  }
  SECTION("by the interface it came by") {
    rule.input_interface = "cali1";
    CHECK(link(packet) == kEth1);
    CHECK(link({.to = packet.to}) == kEth0);
  }
  SECTION("by an interface that is bound to") {
    rule.output_interface = "eth1";
    CHECK(link(packet) == kEth0);
  }
  SECTION("by a mark, which it has not") {
    rule.mark = rule.mask = 0x100000;
    CHECK(link(packet) == kEth0);
    rule.inverted = true;  // as WireGuard's of Calico
    CHECK(link(packet) == kEth1);
  }
}

TEST_CASE("a rule may refuse, and pass over what is too short or thrown back") {
  const std::vector<Route> routes = {Over("0.0.0.0/0", kEth0), Over("0.0.0.0/0", kEth1, 0, kOther)};
  Rule rule = Lookup(100, kOther);
  std::vector<Route> of_node = routes;
  int expected = kEth0;
  SECTION("refuses") {
    rule.action = FR_ACT_UNREACHABLE;
    expected = 0;
  }
  SECTION("too short") { rule.shortest_prefix = 0; }
  SECTION("thrown back") { of_node.back().type = RTN_THROW; }
  SECTION("does nothing") { rule.action = FR_ACT_NOP; }
  CHECK(Node(of_node, {rule, Lookup(200, RT_TABLE_MAIN)}).LinkTo("192.0.2.1") == expected);
}

TEST_CASE("a recording without rules has those that the kernel begins with; others that cannot be read are unknown") {
  const Table<Route> routes = std::vector<Route>{Over("0.0.0.0/0", kEth0)};
  CHECK(RouteLookupOf(routes, absl::NotFoundError("not asked for"))->Find({.to = At("192.0.2.1")}).size() == 1);
  CHECK(absl::IsUnavailable(RouteLookupOf(routes, absl::UnavailableError("gone")).status()));
  CHECK(absl::IsUnavailable(RouteLookupOf(absl::UnavailableError("gone"), std::vector<Rule>()).status()));
}

TEST_CASE("of several next hops each interface counts") {
  const std::vector<Route> hops = {Over("10.0.0.0/8", kEth0), Over("10.0.0.0/8", kEth1)};
  CHECK(LeavesBy(hops, kEth1));
  CHECK_FALSE(LeavesBy(hops, 7));
}

}  // namespace
}  // namespace caliwatch
