#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/reliability.md says what the tests try, all of it and nothing else."""

import re
import unittest

from calicolab.faults import FAULTS as ALL_FAULTS
from deploy import reliability
from detection.fault_findings import FAULTS, NOT_JUDGED
from harness.main import run_tests
from harness.tools import ROOT


class ReliabilityPage(unittest.TestCase):
    maxDiff = None

    def test_the_page_is_what_make_docs_writes(self):
        self.assertEqual(reliability.PAGE.read_text(), reliability.text(), "run `make docs`")

    def test_every_fault_of_the_lab_has_a_row_and_no_other_has(self):
        faults = reliability.text().partition("## What ends it")[0]
        rows = [line.split("`")[1] for line in faults.splitlines() if line.startswith("| `")]
        self.assertEqual(rows, list(ALL_FAULTS))
        self.assertEqual(FAULTS.keys() | NOT_JUDGED.keys(), ALL_FAULTS.keys())
        self.assertFalse(FAULTS.keys() & NOT_JUDGED.keys())

    def test_what_is_found_are_checks_that_there_are(self):
        checks = set(re.findall(r"(?m)^## (\w+)$", (ROOT / "docs/checks.md").read_text()))
        for name, rule in FAULTS.items():
            must, effects = reliability.found(rule)
            self.assertLessEqual(must | effects, checks, name)


if __name__ == "__main__":
    run_tests(lab=False)
