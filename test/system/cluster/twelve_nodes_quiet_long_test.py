#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Half an hour of twelve healthy nodes with VXLAN: pods come and go, agents are replaced one after another, and neither
they nor `caliwatch cluster` find anything. CALIWATCH_QUIET_MINUTES makes it shorter, for one who tries something."""

import itertools
import os
import sys
import time
import unittest

from calicolab.metrics import by, scrape_at
from calicolab.waiting import eventually, patience
from cluster.cluster_lab import Looker
from cluster.twelve_nodes import NODES, TwelveNodes
from harness.main import run_tests
from harness.program import CALIWATCH
from harness.waiting import answers

MINUTES = float(os.environ.get("CALIWATCH_QUIET_MINUTES", 30))
PAUSE = 6  # seconds after each step


class Quiet(TwelveNodes, unittest.TestCase):
    def test_churn_and_rolling_restarts_are_nothing_to_find(self):
        end = time.monotonic() + 60 * MINUTES
        done = dict.fromkeys(("pods", "restarts", "looks"), 0)
        for node in itertools.cycle(NODES):
            if time.monotonic() >= end:
                break
            self.change_pods(node)
            self.replace_agent(node)
            self.look(node)
            for what in done:
                done[what] += 1
            print(f"{(end - time.monotonic()) / 60:.1f} min left: {done}, seen {self.watch.seen}", file=sys.stderr)
        self.assertEqual(self.watch.seen, set())
        # And they were not silent for want of asking.
        self.assertTrue(eventually(lambda: self.asked() >= len(NODES) * (len(NODES) - 1) / 2, 120), self.asked())

    def change_pods(self, node):
        pod = self.lab.add_pod(node)["name"]
        time.sleep(patience(PAUSE))
        self.lab.delete_pod(node, pod)
        time.sleep(patience(PAUSE))

    def replace_agent(self, node):
        self.lab.kill_agent(node)
        time.sleep(patience(PAUSE))
        self.lab.start_agent(node)
        self.assertTrue(eventually(lambda: answers(self.watch, node)), node)

    def look(self, node):
        looker = Looker(self.lab, node)
        self.assertEqual(looker.sure(), set(), looker.last)
        own = [row for row in looker.last["nodes_findings"] if row["check"] != "neighbor_table_full"]
        self.assertEqual(own, [])
        self.assertEqual(looker.last["asked"], len(NODES), looker.last["nodes"])

    def asked(self):
        """How many pairs are reached now by the node that asks of the two."""
        urls = [self.watch.agent_url(node) for node in NODES]
        return sum(by(scrape_at(url), "caliwatch_probed_nodes", "state")["reached"] for url in urls)


if __name__ == "__main__":
    run_tests(CALIWATCH)
