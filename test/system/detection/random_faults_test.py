#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random faults, up to three at once: each is found, and nothing else. CALIWATCH_SEED chooses others."""

import unittest

from calicolab.faults import FAULTS as ALL_FAULTS
from detection.fault_findings import FAULTS, NOT_JUDGED, applying
from detection.fault_scene import ALL, IPIP
from detection.random_faults import score, seed_or
from harness.main import run_tests


class Menu(unittest.TestCase):
    def test_it_has_every_fault_of_the_lab_that_can_be_among_others(self):
        menu = {name for kind in ALL for name in applying(kind) if not FAULTS[name].alone}
        alone = {name for name, rule in FAULTS.items() if rule.alone}
        of_ipip_alone = {name for name, rule in FAULTS.items() if rule.labs <= IPIP}
        self.assertEqual(set(ALL_FAULTS) - menu, alone | of_ipip_alone | NOT_JUDGED.keys())


class AFewFaults(unittest.TestCase):
    def test_all_that_is_wrong_is_found_and_nothing_else(self):
        score(self, seed_or(1), faults=8, workers=4)


if __name__ == "__main__":
    run_tests()
