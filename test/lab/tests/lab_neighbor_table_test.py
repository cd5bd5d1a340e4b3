#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The lab fills the kernel's neighbor table, which all namespaces of the machine share: nothing else may run
meanwhile."""

import time
import unittest

from calicolab import Lab, LabError
from calicolab.waiting import eventually
from harness.lab_state import rows
from harness.main import run_tests


class AFullTable(unittest.TestCase):
    def test_the_table_is_nearly_full_until_it_is_healed(self):
        with Lab(nodes=1, pods=1, families=("ipv4",)) as lab:
            before = self.table(lab)["entries"]
            lab.fault("fill-neighbors", "node1")
            for _ in range(3):
                table = self.table(lab)
                self.assertGreaterEqual(table["entries"], 0.9 * table["thresh3"])
                self.assertLess(table["entries"], table["thresh3"])
                time.sleep(0.5)
            lab.heal()
            self.assertEqual(rows(lab, "node1", "neigh", "show", "to", "10.66.0.0/16"), [])
            self.assertTrue(eventually(lambda: self.table(lab)["entries"] < before + 100))
            self.assertTrue(lab.node("node1").ping("192.168.11.1"))

    def test_a_family_the_lab_does_not_have_is_refused(self):
        with Lab(nodes=1, pods=0, families=("ipv4",)) as lab:
            with self.assertRaisesRegex(LabError, "FAMILY is one of ipv4, not 'ipv6'"):
                lab.fault("fill-neighbors", "node1", "ipv6")

    def table(self, lab):
        return rows(lab, "node1", "-stats", "ntable", "show", "name", "arp_cache")[0]


if __name__ == "__main__":
    run_tests()
