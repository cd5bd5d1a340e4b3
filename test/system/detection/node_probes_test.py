#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Agents that ask each other through the tunnel: nothing is found while it carries, and within two minutes what one
pair of nodes has lost, at both ends, by its cause and the far node. What takes longer is node_probes_long_test.py's."""

import unittest

from calicolab.waiting import eventually
from detection.probed_lab import Probed
from harness.main import run_tests
from harness.program import CALIWATCH


class Overlay(Probed, unittest.TestCase):
    def test_a_all_are_asked_by_both_ways_and_answer(self):
        self.await_asked()
        self.assertEqual(self.watch.seen, set())
        for node in self.NODES:
            results = self.results(node)
            lost = {key: count for key, count in results.items() if count and key[1] != "answered"}
            self.assertEqual(lost, {}, node)

    def test_b_a_pair_whose_tunnel_loses_everything_is_found_at_both_ends(self):
        self.drop("node2", f"ip saddr {self.address('node1')} udp dport 4789 drop")
        wanted = {
            ("node1", "node_overlay_broken", self.address("node2")),
            ("node2", "node_overlay_broken", self.address("node1")),
        }
        self.assertTrue(eventually(lambda: wanted <= self.watch.now, 120), self.watch.now)
        self.assertEqual(self.watch.seen, wanted)
        finding = self.told("node1", "node_overlay_broken")
        self.assertRegex(
            finding["detail"], r"through vxlan\.calico, at 192\.168\.\d+\.\d+, nothing comes back, \d+ times"
        )
        self.assertIn("it is that node's end, or what is between", finding["detail"])
        self.assertIn(f"Node node2 ({self.address('node2')})", finding["headline"])
        # A person at a terminal, who asks nobody, is told what the agent knows.
        answer = self.lab.node("node1").run(["caliwatch", "check"], check=False)
        self.assertEqual(answer.returncode, 1, answer.stdout)
        self.assertIn("is not reached through the tunnel", answer.stdout)
        self.allow("node2")
        self.assertTrue(eventually(lambda: not self.watch.now, 60), self.watch.now)


if __name__ == "__main__":
    run_tests(CALIWATCH)
