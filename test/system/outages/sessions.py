# SPDX-License-Identifier: Apache-2.0
"""Outages of BGP sessions: a path that is cut one way, and an address that left its node."""

import re

from harness.alarms import alone
from harness.pages import found
from harness.witness import sessions
from outages.scenes import POLLS, Outage

ADDRESSES = {"ipv4": "10.39.1.11", "ipv6": "fd39:1::11"}  # of node1
OTHERS = {"ipv4": "10.39.1.12", "ipv6": "fd39:1::12"}  # of node2, which dials


class SessionOutage(Outage):
    """No session is lost three times here, for then it flaps."""

    options = {"pods": 1}

    def established(self, node, family="ipv4"):
        rows = sessions(self.lab, node, family).items()
        return {name for name, (state, info) in rows if (state, info) == ("up", "Established")}

    def all_established(self):
        return all(len(self.established(node, family)) == 3 for node in self.scene.nodes for family in ADDRESSES)


class ACutPath(SessionOutage):
    """Nothing of node1 reaches node2, as if by a firewall; after the hold time node2 calls in vain. Both ends name the
    peer, and the side that hears names the direction.

    Later nothing of node4 reaches node3: node4 dials, so that nothing tells which way is broken."""

    towards_who_dials, towards_who_waits = ("cut", "node1", "node2"), ("cut", "node4", "node3")
    faults = (towards_who_dials, towards_who_waits)

    def story(self):
        outcome = self.expect(self.towards_who_dials)
        self.begin(*self.towards_who_dials)
        self.sessions_end()
        self.texts()
        outcome.broken(self.lab)
        shown = ("does not get what this node sends", "10.39.1.12", "What to do")
        self.assert_page("one-way", "node1", found("peer_path_one_way"), *shown)
        self.alarms.await_firing(alone("BgpPathOneWay", "node1"))

        self.heal()
        self.sessions_return()
        outcome.healed(self.lab, self.scene)
        outcome.assert_right(self)
        self.alarms.await_resolved(alone("BgpPathOneWay", "node1"))
        alerts = self.alarms.assert_told(self, alone("BgpPathOneWay", "node1"))
        # One family's finding may begin before the other's, and end after it.
        told = [alert["annotations"]["description"] for alert in alerts]
        self.assertTrue(all(any(address in text for address in OTHERS.values()) for text in told), told)
        self.assertTrue(any(OTHERS["ipv4"] in text for text in told), told)
        self.other_way()
        return alerts

    def sessions_end(self):
        self.await_witness(lambda: "Hold timer expired" in sessions(self.lab, "node2")["Mesh_10_39_1_11"][1])
        self.assert_found("node2", ("bgp_peer_down", ADDRESSES["ipv4"]))
        # The first answer that stays alone is no sign, one packet may be lost: SYN_RECV, and sent again twice.
        self.await_witness(lambda: all(self.half_open(address) for address in OTHERS.values()))
        self.assert_found("node1", *(("peer_path_one_way", address) for address in OTHERS.values()))
        self.await_witness(lambda: self.sockets("node2", "syn-sent", ADDRESSES["ipv4"]))

    def texts(self):
        text, _ = self.told("node1", "peer_path_one_way", OTHERS["ipv4"])
        for part in ("SYN_RECV", "does not reach", "firewall", "ip route get"):
            self.assertIn(part, text)
        self.assertIn("fell silent", self.told("node2", "bgp_peer_down", ADDRESSES["ipv4"])[0])

    def sessions_return(self):
        self.await_witness(self.all_established, timeout=60)
        for node, peers in (("node1", OTHERS), ("node2", ADDRESSES)):
            checks = ("peer_path_one_way", "bgp_peer_down")
            self.assert_gone(node, *((check, peer) for check in checks for peer in peers.values()))

    def other_way(self):
        outcome = self.expect(self.towards_who_waits)
        self.begin(*self.towards_who_waits)
        outcome.broken(self.lab)
        self.heal()
        outcome.healed(self.lab, self.scene)
        outcome.assert_right(self)

    def half_open(self, peer):
        """Its call was answered and the answer sent again twice or more, as ss shows its timer: timer:(on,3.2sec,2)."""
        again = [re.search(r"timer:\(on,[^,]*,(\d+)\)", line) for line in self.sockets("node1", "syn-recv", peer)]
        return any(match and int(match[1]) >= 2 for match in again)

    def sockets(self, node, state, peer):
        peer = f"[{peer}]" if ":" in peer else peer
        return self.lab.node(node).run(["ss", "-Htno", "state", state, "dst", peer]).stdout.splitlines()


class ALostAddress(SessionOutage):
    """BIRD speaks as what was the node's address once: named are the address, and what the node has now."""

    faults = (("remove-address", "node1"),)
    wrong = [("bgp_source_address_not_local", address) for address in ADDRESSES.values()]

    def story(self):
        outcome = self.expect(*self.faults)
        self.begin(*self.faults[0])
        self.address_goes()
        outcome.broken(self.lab)
        shown = ("is on none of its interfaces", "10.39.1.11", "What to do")
        self.assert_page("address", "node1", found("bgp_source_address_not_local"), *shown)
        self.alarms.await_firing(alone("NodeAddressWrong", "node1"))

        self.heal()
        self.address_returns()
        outcome.healed(self.lab, self.scene)
        outcome.assert_right(self)
        self.alarms.await_resolved(alone("NodeAddressWrong", "node1"))
        alerts = self.alarms.assert_told(self, alone("NodeAddressWrong", "node1"))
        self.assertIn("10.39.1.11", alerts[0]["annotations"]["description"])
        return alerts

    def address_goes(self):
        self.await_witness(lambda: not self.has(ADDRESSES["ipv4"]) and not self.has(ADDRESSES["ipv6"]))
        self.assert_found("node1", *self.wrong)
        self.await_witness(lambda: not self.established("node1") and not self.established("node1", "ipv6"))
        self.watch.rest(polls=2 * POLLS)
        alarms = {finding for finding in self.watch.now if finding[0] == "node1"}
        self.assertEqual(alarms, {("node1", *alarm) for alarm in self.wrong})
        text, effects = self.told("node1", *self.wrong[0])
        has = "it has: 10.39.2.11, 10.39.1.254"  # that by which it is scraped, and that which came for the lost one
        for part in ("no interface", has, "IP_AUTODETECTION_METHOD"):
            self.assertIn(part, text)
        self.assertEqual(effects, {("bgp_peer_down", f"10.39.1.{octet}") for octet in (12, 13, 14)})
        self.await_witness(lambda: "Mesh_10_39_1_11" not in self.established("node2"))
        self.assert_found("node2", ("bgp_peer_down", ADDRESSES["ipv4"]))

    def address_returns(self):
        self.await_witness(lambda: self.has(ADDRESSES["ipv4"]) and self.has(ADDRESSES["ipv6"]))
        self.assert_gone("node1", *self.wrong)
        self.await_witness(self.all_established, timeout=60)
        self.assert_gone("node2", ("bgp_peer_down", ADDRESSES["ipv4"]))

    def has(self, address):
        return any(row["local"] == address for link in self.ip("node1", "address") for row in link["addr_info"])
