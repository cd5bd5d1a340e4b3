#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Agents that ask each other: large packets that are lost, and what must not be taken for a broken tunnel: agents that
are replaced, a node's firewall that stops the question alone."""

import time
import unittest

from calicolab.waiting import eventually, patience
from detection.probed_lab import Probed
from harness.main import run_tests
from harness.program import CALIWATCH
from harness.waiting import answers

QUIET = 150  # seconds: five rounds with each node


class Sizes(Probed, unittest.TestCase):
    def test_large_packets_that_are_lost_in_the_tunnel_are_found(self):
        self.await_asked()
        self.drop("node2", f"ip saddr {self.address('node1')} udp dport 4789 meta length > 1000 drop")
        wanted = ("node1", "node_large_packets_lost", self.address("node2"))
        other_end = ("node2", "node_large_packets_lost", self.address("node1"))
        self.assertTrue(eventually(lambda: {wanted, other_end} <= self.watch.now, 120), self.watch.now)
        self.assertEqual(self.watch.seen, {wanted, other_end})
        self.assertIn("they do not arrive there", self.told("node1", "node_large_packets_lost")["detail"])
        self.assertIn("its large answers do not come back", self.told("node2", "node_large_packets_lost")["detail"])
        self.allow("node2")
        self.assertTrue(eventually(lambda: not self.watch.now, 60), self.watch.now)


class Healthy(Probed, unittest.TestCase):
    def test_agents_that_are_replaced_one_after_another_are_no_finding(self):
        self.await_asked()
        end = time.monotonic() + patience(QUIET)
        while time.monotonic() < end:
            for node in self.NODES:
                self.lab.kill_agent(node)
                time.sleep(patience(2))
                self.lab.start_agent(node)
                self.assertTrue(eventually(lambda name=node: answers(self.lab, name)))
                time.sleep(patience(3))
        self.assertEqual(self.watch.seen, set())

    def test_a_firewall_that_stops_the_question_through_the_tunnel_alone_is_no_finding(self):
        self.await_asked()
        self.drop("node2", 'iifname "vxlan.calico" tcp dport 10179 drop')
        time.sleep(patience(QUIET))
        lost = sum(self.results(node)["overlay", "no_answer"] for node in self.NODES)
        self.assertGreater(lost, 3)
        self.assertEqual(self.watch.seen, set())


if __name__ == "__main__":
    run_tests(CALIWATCH)
