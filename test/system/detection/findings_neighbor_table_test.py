#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A neighbor table that is nearly full is found on each node, since all namespaces of the machine share it: nothing
else may run meanwhile."""

import unittest

from calicolab import Lab
from calicolab.metrics import by, scrape
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.program import CALIWATCH
from harness.waiting import ready
from harness.watch import AGENT_ARGS, recorded

NODES = ("node1", "node2")


class AFullTable(unittest.TestCase):
    def test_it_is_found_on_all_nodes_and_gone_when_healed(self):
        with Lab(nodes=len(NODES), pods=1, agent=CALIWATCH, agent_args=AGENT_ARGS) as lab:
            ready(lab)
            self.assertTrue(eventually(lambda: self.found(lab) == set()), self.found(lab))
            lab.fault("fill-neighbors", "node1")
            full = {(node, "neighbor_table_full", "IPv4") for node in NODES}
            self.assertTrue(eventually(lambda: self.found(lab) == full), self.found(lab))
            for found in recorded(lab, "node1", passed_over=()):
                self.assertEqual({check for _, check, _ in found[0]}, {"neighbor_table_full"})
            lab.heal()
            self.assertTrue(eventually(lambda: self.found(lab) == set(), timeout=60), self.found(lab))

    def found(self, lab):
        name = "caliwatch_finding_since_timestamp_seconds"
        return {(node, *finding) for node in NODES for finding in by(scrape(lab, node), name, "check", "subject")}


if __name__ == "__main__":
    run_tests()
