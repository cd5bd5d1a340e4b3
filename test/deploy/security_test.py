#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/security.md lists what test/system/hostile tries, all of it and nothing else."""

import unittest

from deploy import security
from harness.main import run_tests


class SecurityPage(unittest.TestCase):
    maxDiff = None

    def test_the_page_is_what_make_docs_writes(self):
        page = security.PAGE.read_text()
        self.assertEqual(page, security.text(page), "run `make docs`")

    def test_there_is_a_row_for_each_test_and_no_two_rows_are_alike(self):
        rows = security.rows()
        tests = sum(name.startswith("test_") for case in security.cases() for name in vars(case))
        self.assertGreater(tests, 20)
        self.assertEqual(len(rows), tests)
        self.assertEqual(len({(row.neighbour, row.does) for row in rows}), tests)

    def test_no_cell_breaks_the_table(self):
        for row in security.rows():
            for cell in (row.neighbour, row.does, row.holds):
                self.assertTrue(cell.strip())
                self.assertNotRegex(cell, r"[|\n]")


if __name__ == "__main__":
    run_tests(lab=False)
