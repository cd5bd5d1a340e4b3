// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/journal_events.h"

#include <fstream>
#include <string>
#include <vector>

#include "lib/node/kernel_events.h"
#include "test/support/catch.h"
#include "test/support/memory_node.h"
#include "test/support/own_namespace.h"

namespace caliwatch {
namespace {

const BootTime kMoment = absl::Seconds(100);

std::vector<BirdEvent> EventsIn(const std::vector<std::string>& lines, bool* complete = nullptr) {
  BirdJournal journal;
  journal.complete = true;
  for (const std::string& line : lines) AppendBirdEvent(line, kMoment, journal);
  if (complete != nullptr) *complete = journal.complete;
  return journal.events;
}

BirdEvent PeerState(ProtocolState state) { return {kMoment, BirdEventKind::kPeerState, "Mesh_10_39_1_219", state}; }

TEST_CASE("a peer's way down and up again is told state by state") {
  // As BIRD 1.6.8 and 2.0.12 log it, "+" taken off: a peer that is ended by TERM and comes back.
  CHECK(EventsIn({"Mesh_10_39_1_219: Received: Administrative shutdown", "Mesh_10_39_1_219: State changed to stop",
                  "Mesh_10_39_1_219: State changed to flush", "Mesh_10_39_1_219: State changed to down",
                  "Mesh_10_39_1_219: Starting", "Mesh_10_39_1_219: State changed to start",
                  "Mesh_10_39_1_219: State changed to feed", "Mesh_10_39_1_219: State changed to up"}) ==
        std::vector<BirdEvent>{PeerState(ProtocolState::kStop), PeerState(ProtocolState::kFlush),
                               PeerState(ProtocolState::kDown), PeerState(ProtocolState::kStart),
                               PeerState(ProtocolState::kFeed), PeerState(ProtocolState::kUp)});
}

TEST_CASE("a reconfiguration is one event, however many protocols it touches") {
  CHECK(EventsIn({"Reconfiguration requested by SIGHUP", "Reconfiguring", "Mesh_10_39_1_219: Reconfigured",
                  "Reconfigured"}) == std::vector<BirdEvent>{{kMoment, BirdEventKind::kReconfigured}});
}

TEST_CASE("a configuration that BIRD refuses is an event, in the words of 1.x and of 2.x") {
  for (const char* line :
       {"/etc/calico/confd/config/bird.cfg:63:1 syntax error",
        "/etc/calico/confd/config/bird.cfg:53:1 syntax error, unexpected CF_SYM_UNDEFINED", "bird.cfg, 4: no"})
    CHECK(EventsIn({line}).size() == (line[0] == '/' ? 1 : 0));
}

TEST_CASE("a call from an address that BIRD has no peer for is an event, with the address") {
  for (const char* line : {"BGP: Unexpected connect from unknown address 10.39.1.53 (port 40123)",
                           "bgp1: Unexpected connect from unknown address fd39:1::53 (port 179)",
                           "BGP: Unexpected connect from unknown address fe80::1%eth0 (port 179)"}) {
    const std::vector<BirdEvent> events = EventsIn({line});
    REQUIRE(events.size() == 1);
    CHECK(events[0].kind == BirdEventKind::kUnknownCaller);
    CHECK(std::string(line).find(events[0].address.value().ToString()) != std::string::npos);
  }
  CHECK(EventsIn({"BGP: Unexpected connect from unknown address nobody (port 1)"}).empty());
}

TEST_CASE("the end of recovery is an event, and a neighbor's is none") {
  CHECK(EventsIn({"Mesh_10_39_1_219: Neighbor graceful restart done", "Graceful restart done"}) ==
        std::vector<BirdEvent>{{kMoment, BirdEventKind::kRecoveryEnded}});
}

TEST_CASE("lost messages leave the journal incomplete") {
  bool complete = true;
  EventsIn({"<12 messages lost>"}, &complete);
  CHECK_FALSE(complete);
}

TEST_CASE("lines of any other kind, and of any bytes, are passed over") {
  CHECK(EventsIn({"", ":", " ", "Started", "kernel1: Scanning routing table", "Netlink: File exists", "\xff\xfe: \x01"})
            .empty());
}

// What the kernel announces while `commands` run.
Journal Heard(const std::string& commands) {
  absl::StatusOr<KernelEvents> events = KernelEvents::Open();
  REQUIRE(events.ok());
  Run(commands);
  Journal journal;
  REQUIRE(events->Receive([&](const nlmsghdr& message) { REQUIRE(AppendKernelEvent(message, kMoment, journal).ok()); })
              .ok());
  return journal;
}

TEST_CASE("a real kernel's announcements of table main's routes are kept in their order, with who made them") {
  if (!InOwnNamespace()) return;
  Run("ip link add eth0 type veth peer name other; ip addr add 10.39.1.1/24 dev eth0; ip link set eth0 up; "
      "ip link set other up; ip link add cali1 type veth peer name pod; ip link set cali1 up; "
      "ip -6 addr add fd39::1/64 dev eth0 nodad");
  // A busy kernel tells of a carrier late.
  Run("for try in $(seq 500); do"
      " [ $(ip -oneline link show | grep -c '\\(eth0\\|other\\)@.* state UP') = 2 ] && break; sleep 0.01; done");
  const Journal journal = Heard(
      "ip route add 192.168.1.0/26 via 10.39.1.2 proto bird; ip route del 192.168.1.0/26; "
      "ip route add 192.168.2.0/26 via 10.39.1.2 proto 80; ip route add blackhole 192.168.3.0/26 proto bird; "
      "ip route add 192.168.4.1/32 dev cali1 scope link; ip route add 192.168.5.0/26 via 10.39.1.2 proto static; "
      "ip route add 192.168.6.0/26 via 10.39.1.2 proto bird table 100; "
      "ip route add 192.168.7.0/26 proto bird nexthop via 10.39.1.2 nexthop via 10.39.1.3; "
      "ip -6 route add fd65::/122 via fd39::2 proto bird");
  const auto event = [](absl::string_view prefix, bool added, RouteOwner owner = RouteOwner::kBird,
                        bool remote = true) {
    return RouteEvent{kMoment, *Prefix::Parse(prefix), added, owner, remote, prefix == "fd65::/122" ? 1024u : 0u};
  };
  CHECK(journal.routes == std::vector<RouteEvent>{event("192.168.1.0/26", true), event("192.168.1.0/26", false),
                                                  event("192.168.2.0/26", true, RouteOwner::kFelix),
                                                  event("192.168.3.0/26", true, RouteOwner::kBird, false),
                                                  event("192.168.4.1/32", true, RouteOwner::kBoot, false),
                                                  event("192.168.5.0/26", true, RouteOwner::kStatic, false),
                                                  event("192.168.7.0/26", true), event("fd65::/122", true)});
  CHECK(journal.interface_changes.empty());
}

TEST_CASE("a link that goes down and an address that goes are told, a workload's link is not") {
  if (!InOwnNamespace()) return;
  Run("ip link add eth0 type veth peer name other; ip addr add 10.39.1.1/24 dev eth0; ip link set eth0 up; "
      "ip link add cali1 type veth peer name calipeer");
  CHECK(Heard("ip link set cali1 up; ip link set cali1 down; ip link del cali1").interface_changes.empty());
  CHECK_FALSE(Heard("ip link set eth0 down").interface_changes.empty());
  CHECK_FALSE(Heard("ip addr del 10.39.1.1/24 dev eth0").interface_changes.empty());
  CHECK_FALSE(Heard("ip link del eth0").interface_changes.empty());
}

TEST_CASE("a neighbor that fails, answers with another MAC, or goes is told each time") {
  if (!InOwnNamespace()) return;
  Run("ip link add cali1 type veth peer name pod; ip link set cali1 up");
  const Journal journal = Heard(
      "ip neighbor add 10.65.0.1 lladdr 0a:00:00:00:00:01 dev cali1 nud stale; "
      "ip neighbor replace 10.65.0.1 lladdr 0a:00:00:00:00:02 dev cali1 nud stale; "
      "ip neighbor replace 10.65.0.1 dev cali1 nud failed; ip neighbor del 10.65.0.1 dev cali1");
  REQUIRE(journal.neighbors.size() >= 4);
  const NeighborEvent& first = journal.neighbors[0];
  CHECK(first.address.ToString() == "10.65.0.1");
  CHECK(first.at == kMoment);
  CHECK(first.state == NUD_STALE);
  CHECK(first.mac == MacAddress{10, 0, 0, 0, 0, 1});
  CHECK(journal.neighbors[1].mac == MacAddress{10, 0, 0, 0, 0, 2});
  CHECK(journal.neighbors[2].state == NUD_FAILED);
  CHECK(journal.neighbors.back().state == 0);
}

TEST_CASE("a flood that nobody listens to is lost, which is said, and what comes after is heard") {
  if (!InOwnNamespace()) return;
  Run("ip link add eth0 type veth peer name other; ip addr add 10.39.1.1/24 dev eth0; ip link set eth0 up; "
      "ip link set other up");
  absl::StatusOr<KernelEvents> events = KernelEvents::Open();
  REQUIRE(events.ok());
  Run("for a in $(seq 0 255); do for b in $(seq 0 255); do echo route add 172.16.$a.$b/32 via 10.39.1.2 proto bird; "
      "done; "
      "done | ip -batch -");
  int heard = 0;
  const auto count = [&](const nlmsghdr&) { ++heard; };
  CHECK(absl::IsResourceExhausted(events->Receive(count)));
  for (int before = -1; before != heard;) {  // it takes some thousand at once
    before = heard;
    CHECK(events->Receive(count).ok());
  }
  CHECK(heard < 65536);
  heard = 0;
  Run("ip route add 192.168.1.0/26 via 10.39.1.2 proto bird");
  CHECK(events->Receive(count).ok());
  CHECK(heard == 1);
}

TEST_CASE("an announcement that is cut short is an error, and no event") {
  std::string message = RouteMessage(*Prefix::Parse("192.168.1.0/26"), 2);
  reinterpret_cast<nlmsghdr*>(message.data())->nlmsg_len = sizeof(nlmsghdr) + 2;
  Journal journal;
  CHECK_FALSE(AppendKernelEvent(*reinterpret_cast<const nlmsghdr*>(message.data()), kMoment, journal).ok());
  CHECK(journal.routes.empty());
}

}  // namespace
}  // namespace caliwatch
