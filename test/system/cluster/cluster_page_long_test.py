#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The page of all nodes in a real browser, on a lab: of a healthy cluster, and of one whose nodes have lost another.
Pictures of what was seen are left in build/screenshots."""

from calicolab.waiting import eventually
from cluster.cluster_lab import FOUND_WITHIN, OnALab
from harness.browser import CHROMIUM, DRIVER, Browser
from harness.main import run_tests
from harness.pages import PHONE, Pages
from harness.program import CALIWATCH

HOLD = 9  # seconds


class ClusterPage(OnALab):
    options = {"bird": "2.0.12", "hold_time": HOLD}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)
        cls.pages = Pages(cls.lab, cls.browser)

    def await_text(self, *texts):
        """The page renews itself until it has them; then they are in sight."""
        self.pages.open("node1", "cluster")
        shown = lambda: all(text in self.browser.text_in_sight() for text in texts)
        self.assertTrue(eventually(shown, FOUND_WITHIN), self.browser.text())

    def assert_fit(self, name, first):
        self.pages.assert_fit(self, name, "node1", "cluster")
        self.pages.open("node1", "cluster", size=PHONE)
        self.assertIn(first, self.browser.text_in_sight())
        self.pages.open("node1", "cluster")
        self.browser.hold()
        self.assertEqual(self.browser.out_of_reach(), set())

    def test_it_renews_itself_and_is_fit_to_read(self):
        self.healthy()
        self.await_text("4 of 4 agents answered", "node4", "This node")
        self.assert_fit("cluster-healthy", "Cluster: nothing wrong found on 4 nodes")
        self.lab.fault("stop-bird", "node3")
        try:
            self.await_text("Most nodes have lost BGP with a node that lives", "explains", "What to do:")
            self.assert_fit("cluster-called-dead", "problem of the cluster")
        finally:
            self.lab.heal()


if __name__ == "__main__":
    run_tests(CALIWATCH, CHROMIUM, DRIVER)
