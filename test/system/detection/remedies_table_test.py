#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every check's remedy is carried out by a test, or it is said why by none."""

import inspect
import re
import unittest

from deploy import reliability
from detection import remedies_test, workload_remedies_test
from detection.fault_findings import FAULTS
from detection.remedies_table import BY_A_TEST_OF_ITS_OWN, CARRIED_OUT, NOT_HERE
from harness.main import run_tests
from harness.tools import ROOT

TABLES = (CARRIED_OUT, BY_A_TEST_OF_ITS_OWN, NOT_HERE)


class TheTable(unittest.TestCase):
    def test_each_check_is_in_it_once(self):
        checks = re.findall(r"(?m)^## (\w+)$", (ROOT / "docs/checks.md").read_text())
        self.assertGreater(len(checks), 70)
        self.assertEqual(sorted(check for table in TABLES for check in table), sorted(checks))

    def test_what_is_carried_out_is_typed_by_the_tests_that_it_names(self):
        sources = inspect.getsource(remedies_test) + inspect.getsource(workload_remedies_test)
        of_nodes = set(re.findall(r'story\.cures\(\s*"([\w-]+)"', sources))
        of_pods = re.findall(r'self\.(?:cure|lines)\(\s*"([\w-]+)", "(\w+)"', sources)
        for check, fault in CARRIED_OUT.items():
            self.assertTrue(fault in of_nodes or (fault, check) in of_pods, (check, fault))
            if fault in of_nodes:
                self.assertIn(check, reliability.found(FAULTS[fault])[0], fault)
        self.assertEqual(of_nodes - set(CARRIED_OUT.values()), {"no-pod-link-local"})  # one more of the gateway
        for test in BY_A_TEST_OF_ITS_OWN.values():
            self.assertTrue(hasattr(remedies_test.Remedies, test), test)


if __name__ == "__main__":
    run_tests(lab=False)
