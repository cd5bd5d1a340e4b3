#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The lab's faults of BGP sessions break what they say and heal without a trace."""

import unittest

from lab_state import NODE, FaultTest, rows, told
from witness import eventually, routes, run_tests, sessions

BLOCK = {"ipv4": "192.168.11.0/26", "ipv6": "fd10::11:0/122"}
NODES = {"ipv4": "10.39.1.1{}", "ipv6": "fd39:1::1{}"}


class AForeignBlock:
    """For each BIRD that Debian has."""

    def test_a_block_announced_by_two_nodes_has_two_gateways_at_a_third_one(self):
        self.lab.fault("announce-foreign-block", "node2", "node1")
        for family, flag in (("ipv4", "-4"), ("ipv6", "-6")):
            expected = {NODES[family].format(1), NODES[family].format(2)}
            self.assertTrue(eventually(lambda: self.gateways("node3", flag, BLOCK[family]) == expected), family)
            self.assertEqual(routes(self.lab, "node2", family)[BLOCK[family]], "blackhole")
            self.assertEqual(routes(self.lab, "node1", family)[BLOCK[family]], "blackhole")

    def gateways(self, node, flag, block):
        found = rows(self.lab, node, flag, "route", "show", block)
        return {hop["gateway"] for row in found for hop in row.get("nexthops", [])}


class WithBird1(AForeignBlock, FaultTest):
    options = {"nodes": 3, "pods": 1, "bird": "1.6.8"}

    def test_a_flapping_session_is_up_and_down_again_and_again(self):
        log = "cat $CALICO_RUN_DIR/../bird{}.log"
        restarts = lambda suffix: told(self.lab, NODE, log.format(suffix)).count("<INFO> Restarting protocol Mesh_")  # noqa: E731
        before = {suffix: restarts(suffix) for suffix in ("", "6")}
        self.lab.fault("flap-peer", NODE, "node2")
        self.assertTrue(eventually(lambda: sessions(self.lab, NODE)["Mesh_10_39_1_12"][1] == "Passive"))
        for suffix in before:
            self.assertTrue(eventually(lambda: restarts(suffix) >= before[suffix] + 2), f"bird{suffix}")
        self.assertEqual(sessions(self.lab, NODE)["Mesh_10_39_1_13"], ("up", "Established"))
        self.lab.heal()
        after = restarts("")
        self.lab.wait_for_bgp(timeout=40)
        self.assertEqual(restarts(""), after)

    def test_a_crowded_listener_has_more_connections_than_its_backlog(self):
        self.lab.fault("crowd-listener", NODE)
        listening = [line.split()[1:4] for line in told(self.lab, NODE, "ss -Hltn sport = 179").splitlines()]
        self.assertEqual(listening, [["9", "8", "0.0.0.0:179"], ["9", "8", "[::]:179"]])
        before = self.overflows()
        self.assertNotEqual(self.lab.node("monitor").run(["timeout", "0.5", "bash", "-c", ": < /dev/tcp/10.39.1.11/179"], check=False).returncode, 0)
        self.assertGreater(self.overflows(), before)
        self.lab.heal()
        self.assertTrue(eventually(lambda: "9      8" not in told(self.lab, NODE, "ss -Hltn sport = 179")))

    def overflows(self):
        """By the kernel's own counter."""
        return int(told(self.lab, NODE, "nstat -asz TcpExtListenOverflows").split()[-2])

    def test_a_conflict_of_owners_shows_two_routes_with_two_next_hops(self):
        self.lab.fault("owner-conflict", NODE)
        for flag, block, gateways in (("-4", "192.168.12.0/26", ("10.39.1.12", "10.39.1.1")), ("-6", "fd10::12:0/122", ("fd39:1::12", "fd39:1::1"))):
            found = rows(self.lab, NODE, flag, "route", "show", block)
            self.assertEqual([(row["protocol"], row["gateway"]) for row in found], [("bird", gateways[0]), ("80", gateways[1])])
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
            self.assertTrue(eventually(lambda: self.sockets("node2", "syn-sent", "dst", f"{one}:179")), f"node2 to {one}")
            self.assertTrue(eventually(lambda: self.sockets("node1", "syn-recv", "dst", two)), f"node1 from {two}")
        self.assertEqual(sessions(self.lab, "node1")["Mesh_10_39_1_12"][1].split()[0], "Passive")
        self.assertEqual(self.sockets("node1", "syn-sent"), "")

    def sockets(self, node, state, *selection):
        return self.lab.node(node).run(["ss", "-Htn", "state", state, *selection]).stdout


if __name__ == "__main__":
    run_tests()
