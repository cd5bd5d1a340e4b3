#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Faults that have two ends, made among twelve nodes with VXLAN: within two minutes the agents or `caliwatch cluster`
find each, with its cause and the far node, and nothing is left of it once it is mended."""

import contextlib
import json
import sys
import time
import unittest

from calicolab.waiting import eventually
from cluster.twelve_nodes import DEVICE, NODES, TwelveNodes
from harness.main import run_tests
from harness.program import CALIWATCH
from harness.typed import Typist

WITHIN = 120  # seconds
NEAR, FAR, THIRD = "node3", "node9", "node6"


class Found(TwelveNodes, unittest.TestCase):
    def setUp(self):
        self.assertTrue(eventually(lambda: not self.watch.now, WITHIN), self.watch.now)
        self.watch.forget()
        self.begin = time.monotonic()

    def tearDown(self):
        self.watch.forget()

    def drop(self, node, rule):
        """Of what comes to the node."""
        self.on(node, "nft", "-f", "-", given=(
            f"table inet broken {{ chain in {{ type filter hook input priority 0; {rule}; }}; }}"
        ))  # fmt: skip

    def allow(self, node):
        self.on(node, "nft", "delete", "table", "inet", "broken")

    def told_by_agents(self, wanted, others=frozenset()):
        """`wanted` within two minutes, and of `others` some at most."""
        self.assertTrue(eventually(lambda: wanted <= self.watch.now, WITHIN), self.watch.now)
        print(f"found after {time.monotonic() - self.begin:.0f} s", file=sys.stderr)
        self.assertEqual(self.watch.seen - others, wanted)

    def told_by_cluster(self, check, subject):
        """Its row, which is the only one."""
        wanted = {(check, subject)}
        self.assertTrue(eventually(lambda: self.looker.sure() == wanted, WITHIN, every=2), self.looker.last)
        print(f"found after {time.monotonic() - self.begin:.0f} s", file=sys.stderr)
        return self.looker.row(check)

    def mended(self):
        """By agents and across them."""
        begin = time.monotonic()
        self.assertTrue(eventually(lambda: not self.watch.now, WITHIN), self.watch.now)
        self.assertTrue(eventually(lambda: not self.looker.sure(), WITHIN, every=2), self.looker.last)
        print(f"gone after {time.monotonic() - begin:.0f} s", file=sys.stderr)

    def both_ends(self, check):
        return {(NEAR, check, self.address(FAR)), (FAR, check, self.address(NEAR))}

    def finding(self, node, check):
        done = self.lab.node(node).run(["caliwatch", "check", "--output", "json"], check=False)
        (row,) = [row for row in json.loads(done.stdout)["findings"] if row["check"] == check]
        return row

    def test_a_tunnel_that_carries_nothing_one_way(self):
        self.drop(FAR, f"ip saddr {self.address(NEAR)} udp dport 4789 drop")
        try:
            self.told_by_agents(self.both_ends("node_overlay_broken"))
            row = self.finding(NEAR, "node_overlay_broken")
            self.assertIn(f"Node {FAR} ({self.address(FAR)})", row["headline"])
            self.assertIn("it is that node's end, or what is between", row["detail"])
        finally:
            self.allow(FAR)
        self.mended()

    def test_large_packets_that_are_lost(self):
        self.drop(FAR, f"ip saddr {self.address(NEAR)} udp dport 4789 meta length > 1000 drop")
        try:
            self.told_by_agents(self.both_ends("node_large_packets_lost"))
            self.assertIn(FAR, self.finding(NEAR, "node_large_packets_lost")["headline"])
        finally:
            self.allow(FAR)
        self.mended()

    def test_a_node_whose_tunnel_hears_nobody(self):
        """It is asked by half of the others, and asks the other half: all have to find it in their turn."""
        self.drop(FAR, "udp dport 4789 drop")
        others = [node for node in NODES if node != FAR]
        wanted = {(node, "node_overlay_broken", self.address(FAR)) for node in others}
        wanted |= {(FAR, "node_overlay_broken", self.address(node)) for node in others}
        try:
            self.told_by_agents(wanted, {(FAR, "tunnel_unanswered", DEVICE)})
            self.assertIn("it is this node's end", self.finding_of(FAR, self.address(NEAR))["detail"])
        finally:
            self.allow(FAR)
        self.mended()

    def finding_of(self, node, subject):
        done = self.lab.node(node).run(["caliwatch", "check", "--output", "json"], check=False)
        rows = [row for row in json.loads(done.stdout)["findings"] if row["check"] == "node_overlay_broken"]
        return next(row for row in rows if row["subject"] == subject)

    def test_a_wrong_tunnel_end(self):
        mac, end = self.tunnel(FAR)
        change = lambda to: self.on(NEAR, "bridge", "fdb", "replace", mac, "dev", DEVICE, "dst", self.address(to))
        change(THIRD)
        try:
            row = self.told_by_cluster("cluster_tunnel_end_wrong", f"{end} at {self.address(THIRD)}")
            self.assertEqual(row["nodes"], [NEAR, FAR, THIRD])
            (line,) = [command["line"] for command in row["commands"] if command["changes"]]
            with contextlib.closing(Typist(self.lab, NEAR)) as typist:
                typist.type(line)
            self.mended()
        finally:
            change(FAR)

    def test_one_address_at_pods_of_two_nodes(self):
        address, interface = self.pod(NEAR)["ipv4"], self.pod(FAR)["interface"]
        self.on(FAR, "ip", "route", "add", address, "dev", interface)
        try:
            row = self.told_by_cluster("cluster_address_twice", address)
            self.assertEqual(set(row["nodes"]), {NEAR, FAR})
        finally:
            self.on(FAR, "ip", "route", "del", address, "dev", interface)
        self.mended()

    def test_one_block_of_two_nodes(self):
        (block,) = [route.split()[1] for route in self.on(NEAR, "ip", "route").splitlines() if "blackhole" in route]
        route = ["blackhole", block, "proto", "80", "metric", "5"]
        self.on(FAR, "ip", "route", "add", *route)
        try:
            row = self.told_by_cluster("cluster_block_twice", block)
            self.assertEqual(set(row["nodes"]), {NEAR, FAR})
        finally:
            self.on(FAR, "ip", "route", "del", *route)
        self.mended()

    def test_a_machine_that_was_cloned_with_its_tunnel(self):
        (mac, _), (own, _) = self.tunnel(NEAR), self.tunnel(FAR)
        neighbors = json.loads(self.on(FAR, "ip", "-json", "neigh", "show", "dev", DEVICE))
        self.on(FAR, "ip", "link", "set", DEVICE, "address", mac)
        try:
            subject = f"the VXLAN MAC {mac}"
            row = self.told_by_cluster("cluster_node_twice", subject)
            self.assertEqual(set(row["nodes"]), {NEAR, FAR})
        finally:
            self.on(FAR, "ip", "link", "set", DEVICE, "address", own)
            # With the MAC the kernel has dropped them; Felix enters them again.
            for row in neighbors:
                self.on(
                    FAR,
                    "ip",
                    "neigh",
                    "replace",
                    row["dst"],
                    "lladdr",
                    row["lladdr"],
                    "dev",
                    DEVICE,
                    "nud",
                    "permanent",
                )
        self.mended()


if __name__ == "__main__":
    run_tests(CALIWATCH)
