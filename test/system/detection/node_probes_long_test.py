#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Agents that ask each other: large packets that are lost, checksums that are wrong, and what must not be taken for a
broken tunnel: agents that are replaced, a node's firewall that stops the question alone."""

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


class Checksums(Probed, unittest.TestCase):
    """No network card that computes checksums wrong is to be had. In its place, a rule at the sender's end changes each
    checksum that its kernel has computed, until the command has been carried out that takes the work from the card; and
    eth0 computes them, as between the ends of a veth nobody would look at them else."""

    SENDER, RECEIVER = "node1", "node2"

    def setUp(self):
        self.await_asked()
        self.lab.node(self.SENDER).run(["ethtool", "-K", "eth0", "tx", "off"])
        self.lab.node(self.SENDER).run(["nft", "-f", "-"], given=(
            "table inet card { chain out { type filter hook postrouting priority 300; "
            f"ip daddr {self.address(self.RECEIVER)} udp dport 4789 udp checksum set 0x1234; }}; }}"
        ))  # fmt: skip

    def test_the_node_that_sends_wrong_checksums_is_named_at_both_ends_and_what_is_printed_cures_it(self):
        wanted = {
            (self.SENDER, "node_overlay_broken", self.address(self.RECEIVER)),
            (self.RECEIVER, "node_overlay_broken", self.address(self.SENDER)),
        }
        self.assertTrue(eventually(lambda: wanted <= self.watch.now, 120), self.watch.now)
        self.assertEqual(self.watch.seen, wanted)
        here, there = (self.told(node, "node_overlay_broken") for node in (self.SENDER, self.RECEIVER))
        self.assertIn("The packets arrive there with a wrong checksum, and its kernel drops them", here["detail"])
        self.assertIn("Its answers arrive here with a wrong checksum, and this kernel drops them", there["detail"])
        places = {f"the node of {address}": node for node, address in self.addresses.items()}
        for finding, told_at in ((here, self.SENDER), (there, self.RECEIVER)):
            dropped, offload, cure = finding["commands"]
            where = [places[line["where"]] if line["where"] else told_at for line in finding["commands"]]
            self.assertEqual(where, [self.RECEIVER, self.SENDER, self.SENDER])
            self.assertEqual([line["changes"] for line in finding["commands"]], [False, False, True])
            self.assertRegex(self.typed(self.RECEIVER, dropped), r"UdpInCsumErrors +[1-9]")
            self.assertIn("tx-checksum-ip-generic: on", self.typed(self.SENDER, offload))
        self.typed(self.SENDER, cure)
        self.assertIn("tx-checksum-ip-generic: off", self.typed(self.SENDER, offload))
        self.lab.node(self.SENDER).run(["nft", "delete", "table", "inet", "card"])
        self.assertTrue(eventually(lambda: not self.watch.now, 60), self.watch.now)

    def typed(self, node, command):
        return self.lab.node(node).run(["sh", "-c", command["line"]]).stdout


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
