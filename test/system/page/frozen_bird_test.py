#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A BIRD that hangs, as no process does that is gone: what it said before is told as old, and counted as new nowhere, by
page, JSON, metrics and `caliwatch check`."""

import json
import unittest

from calicolab import Lab
from calicolab.metrics import by, scrape
from calicolab.waiting import eventually
from harness.browser import CHROMIUM, DRIVER, Browser
from harness.main import run_tests
from harness.pages import Pages, found
from harness.program import CALIWATCH
from harness.report_schema import misfits
from harness.waiting import ready
from harness.watch import AGENT_ARGS

PEERS = """return [...document.querySelectorAll('section[aria-labelledby=peers] tbody tr')].map(
  (row) => [row.className, row.cells[1].textContent])"""
OLD_ON_CARD = "return [...document.querySelectorAll('section[aria-labelledby=node] dd.old')].map((e) => e.textContent)"
NODES = "return document.querySelector('section[aria-labelledby=nodes]').innerText"


class AFrozenBird(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(agent=CALIWATCH, agent_args=AGENT_ARGS, nodes=3, pods=1, hold_time=6)
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()
        ready(cls.lab)
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)
        cls.pages = Pages(cls.lab, cls.browser)
        # A peer that was down when BIRD froze: that must not be told of now, either.
        cls.lab.fault("cut", "node2", "node3")
        down = lambda: any(not peer["up"] for peer in cls.pages.report("node2")["peers"])
        if not eventually(down, timeout=60):
            raise AssertionError("no peer of node2 went down")
        cls.lab.fault("stop-bird", "node2")
        cls.addClassCleanup(cls.lab.heal)
        # Once a poll has failed, what the one before read may stand for what is; after the second nothing does.
        silent = lambda: "caliwatch_bgp_peer_up" not in scrape(cls.lab, "node2")
        if not (eventually(lambda: found("bird_down")(cls.pages.report("node2")), timeout=60) and eventually(silent)):
            raise AssertionError(cls.pages.report("node2")["sources"])

    def test_the_page_marks_each_old_row_and_counts_none(self):
        self.pages.open("node2")
        text = self.browser.text()
        self.assertIn("BGP peers, IPv4: unknown now; 2 as of ", text)
        self.assertNotRegex(text, r"[0-9] of [0-9]+ up")
        rows = self.browser.run(PEERS)
        self.assertEqual(len(rows), 4)
        for css_class, state in rows:
            self.assertEqual(css_class, "old")
            self.assertRegex(state, r"^was \w+$")
        old = self.browser.run(OLD_ON_CARD)
        self.assertEqual(len(old), 2, old)
        self.assertRegex(old[0], r"as of \d\d:\d\d:\d\d UTC")
        self.assertIn("cannot be asked", old[1])
        nodes = self.browser.run(NODES)
        self.assertNotIn("no BGP session", nodes)
        self.assertIn("sessions, which are unknown now", nodes)
        self.assertEqual(self.browser.faint_texts(), [])

    def test_the_json_has_the_time_of_what_is_old(self):
        report = self.pages.report("node2")
        self.assertEqual(misfits(report), [])
        for told in report["birds"] + report["peers"]:
            self.assertLess(told["read_at"], report["taken_at"])
        self.assertTrue(all(bird["error"] for bird in report["birds"]))
        self.assertIsNone(report["this_node"]["as"])
        self.assertFalse(any("session" in row["lacks"] for row in report["remote_nodes"]))
        checks = {row["check"]: row for row in report["checks"]}
        self.assertEqual((checks["bgp_peer_down"]["judged"], checks["bgp_peer_down"]["findings"]), (False, 0))

    def test_the_metrics_have_no_series_of_what_is_old(self):
        text = scrape(self.lab, "node2")
        for name in ("caliwatch_bgp_peer_up", "caliwatch_bgp_routes_imported", "caliwatch_bgp_peer_info"):
            self.assertEqual(by(text, name, "family"), {}, name)
        self.assertEqual(set(by(text, "caliwatch_source_up", "source")[name] for name in ("bird", "bird6")), {0})

    def test_a_look_of_its_own_has_nothing_old_to_tell(self):
        node = self.lab.node("node2")
        told = node.run(["caliwatch", "check"], check=False).stdout
        self.assertIn("CRITICAL  BIRD (IPv4, IPv6) does not answer", told)
        self.assertNotIn("BGP peers", told)
        self.assertNotIn("no BGP session", told)
        report = json.loads(node.run(["caliwatch", "check", "--output", "json"], check=False).stdout)
        self.assertEqual(report["peers"], [])


if __name__ == "__main__":
    run_tests(CHROMIUM, DRIVER)
