#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The status page of a node of a large cluster, as states_test.py looks at it, and what it weighs. All neighbors of a
machine are in one table, so that nothing else should run beside it."""

from harness.browser import CHROMIUM, DRIVER
from harness.main import run_tests
from page.large_clusters import Crowd, lead_to
from page.state_case import StateTest

NODE = "node1"
MOST_BYTES, MOST_CELLS = 12 * 1024, 12_000


class BehindVxlan(StateTest):
    options = {"nodes": 4, "pods": 1, "encap": "vxlan"}

    def test_a_thousand_other_nodes(self):
        lead_to(self.lab, NODE, 997)
        self.await_state(NODE, lambda report: len(report["remote_nodes"]) >= 1000)
        self.assert_fit("state-thousand", NODE, f"{NODE}: nothing wrong found", "1000 by VXLAN")
        cells = self.browser.run("return document.querySelectorAll('td').length")
        self.assertLess(cells, MOST_CELLS)


class OfALargeMesh(StateTest):
    options = {"nodes": 1, "pods": 2, "bird": "2.0.12", "families": ("ipv4",)}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.crowd = Crowd(cls.lab, NODE)
        cls.addClassCleanup(cls.crowd.close)

    def up(self, count):
        return lambda report: sum(row["up"] for row in report["peers"]) == count

    def test_1_fifty_peers_weigh_little(self):
        self.crowd.gather(50)
        self.await_state(NODE, self.up(50))
        self.assertLess(self.pages.weight(NODE), MOST_BYTES)

    def test_2_three_of_two_hundred_peers_are_down(self):
        self.crowd.gather(197, down=3)
        self.await_state(NODE, self.up(197))
        down = lambda report: sum(row["check"] == "bgp_peer_down" for row in report["findings"])
        self.await_state(NODE, lambda report: down(report) == 3)
        self.assert_fit("state-crowd", NODE, "197 of 200 up")
        self.assert_begin_in_sight(NODE, "findings|wrong", "peers")


if __name__ == "__main__":
    run_tests(CHROMIUM, DRIVER)
