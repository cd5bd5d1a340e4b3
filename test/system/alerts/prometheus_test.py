#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real Prometheus scrapes every agent of a lab; promtool has no complaint about what they serve."""

import os
import subprocess
import sys
import unittest

from agents import CALIWATCH, ready, samples, scrape
from monitoring import PROMETHEUS, PROMTOOL, Monitoring
from witness import eventually, run_tests

from calicolab import Lab
from calicolab.errors import EXIT_SKIP


class RealPrometheus(unittest.TestCase):
    def setUp(self):
        self.lab = Lab(nodes=3, pods=2, agent=CALIWATCH, agent_args=("--poll.interval=1s",))
        self.addCleanup(self.lab.close)
        self.lab.start()
        ready(self.lab)

    def test_every_target_is_up_and_gives_as_many_samples_as_it_serves(self):
        targets = [f"10.39.1.{octet}:10179" for octet in (11, 12, 13)]
        monitoring = Monitoring(self.lab, targets)
        self.addCleanup(monitoring.close)

        def health():
            found = (monitoring.ask("targets") or {}).get("activeTargets", [])
            return {target["labels"]["instance"]: (target["health"], target["lastError"]) for target in found}

        self.assertTrue(eventually(lambda: set(health().values()) == {("up", "")}, timeout=40), health())
        self.assertEqual(sorted(health()), targets)
        peers = monitoring.ask("query?query=count(caliwatch_bgp_peer_up==1)")["result"][0]["value"][1]
        self.assertEqual(int(peers), 3 * 2 * 2)  # each node's two peers, in two families

        def counts():
            scraped = monitoring.ask("query?query=scrape_samples_scraped{instance='10.39.1.11:10179'}")["result"][0]["value"][1]
            served = [line for line in scrape(self.lab, "node1").splitlines() if not line.startswith("#")]
            return int(scraped), len(served)

        self.assertTrue(eventually(lambda: counts()[0] == counts()[1]), counts())

    def test_promtool_has_no_complaint(self):
        for node in ("node1", "node2", "node3"):
            text = scrape(self.lab, node)
            self.assertGreater(len(samples(text, "caliwatch_bgp_peer_up")), 3)
            done = subprocess.run([PROMTOOL, "check", "metrics"], input=text, capture_output=True, text=True, timeout=30)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))


if __name__ == "__main__":
    if not os.path.exists(PROMETHEUS):
        print(f"skipped: {PROMETHEUS} is missing; `make deps` unpacks it")
        sys.exit(EXIT_SKIP)
    run_tests()
