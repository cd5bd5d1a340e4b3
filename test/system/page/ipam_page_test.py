#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The page of `caliwatch ipam --serve` in a real browser: of a healthy cluster, and after an outage in which records
were lost and some that are left leak. Pictures of what was seen are left in build/screenshots."""

import unittest

from calicolab.waiting import eventually
from harness.browser import CHROMIUM, DRIVER, Browser
from harness.main import run_tests
from harness.pages import LOOKS, PICTURES
from ipam.seed_scenes import records_wiped
from ipam.served_cluster import ServedCluster

LEAKS = 8  # more of one check than are shown at once
WELL = "IPAM: records, pods and nodes agree"


class IpamPage(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        served = ServedCluster(self)
        self.cluster, self.server = served.cluster, served.server
        self.url = f"http://127.0.0.1:{self.server.port}/"
        # The browser asks no more of a server that ends.
        self.addCleanup(self.browser.open, "about:blank")

    def await_page(self, *texts):
        page = lambda: self.server.ask("/")[2].decode()
        self.assertTrue(eventually(lambda: all(text in page() for text in texts), timeout=60), page())

    def assert_fit(self, name, *parts):
        """At a desk and on a phone, light and dark: the first part is in sight without scrolling, at a desk all are;
        with all folds open nothing is beside the window, no cell is hidden, every text stands out."""
        for how, look in LOOKS.items():
            self.browser.open(self.url, **look)
            self.browser.hold()
            shown = self.browser.text_in_sight()
            for part in parts[:1] if "size" in look else parts:
                self.assertIn(part, shown, name + how)
            self.browser.save_picture(str(PICTURES / f"ipam-{name}{how}.png"))
            self.browser.unfold()
            self.assertLessEqual(self.browser.too_wide(), 0, name + how)
            self.assertEqual(self.browser.cells_out_of_sight(), [], name + how)
            self.assertEqual(self.browser.faint_texts(), [], name + how)
            self.assertEqual(self.browser.out_of_reach() if how == "" else set(), set())
        self.assertEqual(self.browser.complaints(), [])

    def test_of_a_healthy_cluster_the_first_screen_shows_that_all_agrees_and_of_what(self):
        self.await_page(WELL)
        self.assert_fit("healthy", WELL, "9 recorded addresses", "Pools", "What was read", "reports")

    def test_after_records_were_lost_the_first_screen_shows_what_is_wrong_and_what_is_to_be_typed(self):
        for number in range(LEAKS):
            self.cluster.start_pod(f"default/leak{number}", "n2")
        records_wiped(self.cluster)
        for number in range(LEAKS):
            self.cluster.start_pod(f"default/left{number}", "n3")
            self.cluster.unplug(f"default/left{number}")
            self.cluster.delete_object(f"default/left{number}")
        self.await_page("A pod runs with an address that Calico&#39;s IPAM believes to be free", "Safe to release")
        self.assert_fit("wiped", "IPAM: ", "What to type", "critical", "Two pods have one address", "What to do:")

    def test_it_renews_itself(self):
        self.await_page(WELL)
        self.browser.open(self.url)
        records_wiped(self.cluster)
        self.assertTrue(eventually(lambda: "Two pods have one address" in self.browser.text(), timeout=60))


if __name__ == "__main__":
    run_tests(CHROMIUM, DRIVER)
