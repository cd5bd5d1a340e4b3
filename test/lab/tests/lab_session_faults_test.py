#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The lab's faults of BGP sessions break what they say and heal without a trace."""

import time

from calicolab.waiting import eventually
from harness.lab_state import NODE, FaultTest, rows, told
from harness.main import run_tests
from harness.witness import FLAG, routes, sessions

BLOCK = {"ipv4": "192.168.11.0/26", "ipv6": "fd10::11:0/122"}
FLAP_SECONDS = 3
GATEWAY = {"ipv4": "10.39.1.1{}", "ipv6": "fd39:1::1{}"}


class AForeignBlock:
    """For each BIRD that Debian has."""

    def test_a_block_announced_by_two_nodes_has_two_gateways_at_a_third_one(self):
        self.lab.fault("announce-foreign-block", "node2", "node1")
        for family, gateway in GATEWAY.items():
            expected = [gateway.format(1), gateway.format(2)]
            self.assertTrue(eventually(lambda: self.gateways("node3", family) == expected), family)
            self.assertEqual(routes(self.lab, "node2", family)[BLOCK[family]], "blackhole")
            self.assertEqual(routes(self.lab, "node1", family)[BLOCK[family]], "blackhole")
        self.lab.heal()
        for family, gateway in GATEWAY.items():
            for node in ("node2", "node3"):
                self.assertTrue(
                    eventually(lambda: self.gateways(node, family) == [gateway.format(1)]), f"{node} {family}"
                )

    def gateways(self, node, family):
        """Of the block of node1: of the route that the kernel uses, where BIRD 2 left another behind."""
        found = rows(self.lab, node, FLAG[family], "route", "show", BLOCK[family])
        best = min(found, key=lambda row: row.get("metric", 0), default={})
        return [hop.get("gateway") for hop in best.get("nexthops", [best])]


class WithBird1(AForeignBlock, FaultTest):
    options = {"nodes": 3, "pods": 1, "bird": "1.6.8"}

    def test_a_flapping_session_is_up_and_down_again_and_again(self):
        before = {log: self.restarts(log) for log in ("bird.log", "bird6.log")}
        self.lab.fault("flap-peer", NODE, "node2")
        self.assertTrue(eventually(lambda: sessions(self.lab, NODE)["Mesh_10_39_1_12"][1] == "Passive"))
        for log in before:
            self.assertTrue(eventually(lambda: self.restarts(log) >= before[log] + 2), log)
        self.assertEqual(sessions(self.lab, NODE)["Mesh_10_39_1_13"], ("up", "Established"))
        self.lab.heal()
        self.lab.wait_for_bgp(timeout=40)
        after = self.restarts("bird.log")
        time.sleep(FLAP_SECONDS + 1)
        self.assertEqual(self.restarts("bird.log"), after)

    def restarts(self, log):
        """By BIRD's own words."""
        return told(self.lab, NODE, f"cat $CALICO_RUN_DIR/../{log}").count("Restarting protocol Mesh_")

    def test_a_crowded_listener_has_more_connections_than_its_backlog(self):
        self.lab.fault("crowd-listener", NODE)
        self.assertEqual(self.queues(), {"0.0.0.0:179": (9, 8), "[::]:179": (9, 8)})
        before = self.overflows()
        told(self.lab, "monitor", "timeout 0.5 bash -c ': < /dev/tcp/10.39.1.11/179'")
        self.assertGreater(self.overflows(), before)
        self.lab.heal()
        self.assertTrue(eventually(lambda: self.queues() == {"0.0.0.0:179": (0, 8), "[::]:179": (0, 8)}), self.queues())

    def queues(self):
        """{listener: (waiting to be accepted, backlog)}, by ss."""
        listening = [line.split() for line in told(self.lab, NODE, "ss -Hltn sport = 179").splitlines()]
        return {row[3]: (int(row[1]), int(row[2])) for row in listening}

    def overflows(self):
        """By the kernel's own counter."""
        return int(told(self.lab, NODE, "nstat -asz TcpExtListenOverflows").split()[-2])

    def test_a_conflict_of_owners_shows_two_routes_with_two_next_hops(self):
        self.lab.fault("owner-conflict", NODE)
        for flag, block, network in (("-4", "192.168.12.0/26", "10.39.1."), ("-6", "fd10::12:0/122", "fd39:1::")):
            found = rows(self.lab, NODE, flag, "route", "show", block)
            owners = [(row["protocol"], row["gateway"]) for row in found]
            self.assertEqual(owners, [("bird", f"{network}12"), ("80", f"{network}1")])
            self.assertLess(found[0].get("metric", 0), found[1]["metric"])


class WithBird2(AForeignBlock, FaultTest):
    options = {"nodes": 3, "pods": 1, "bird": "2.0.12"}


class ACutPath(FaultTest):
    options = {"nodes": 2, "pods": 1, "hold_time": 6}

    def test_a_path_cut_one_way_shows_a_dialler_and_a_half_open_listener(self):
        """As in the outage that this re-enacts; node2 is the one who dials."""
        self.lab.fault("cut", "node1", "node2")
        self.assertTrue(eventually(lambda: "Hold timer expired" in sessions(self.lab, "node2")["Mesh_10_39_1_11"][1]))
        for one, two in (("10.39.1.11", "10.39.1.12"), ("[fd39:1::11]", "[fd39:1::12]")):
            self.assertTrue(
                eventually(lambda: self.sockets("node2", "syn-sent", "dst", f"{one}:179")), f"node2 to {one}"
            )
            self.assertTrue(eventually(lambda: self.sockets("node1", "syn-recv", "dst", two)), f"node1 from {two}")
        self.assertEqual(sessions(self.lab, "node1")["Mesh_10_39_1_12"][1].split()[0], "Passive")
        self.assertEqual(self.sockets("node1", "syn-sent"), "")

    def sockets(self, node, state, *selection):
        return self.lab.node(node).run(["ss", "-Htn", "state", state, *selection]).stdout


if __name__ == "__main__":
    run_tests()
