# SPDX-License-Identifier: Apache-2.0
"""docs/security.md, whose last table is made of what test/system/hostile tries. Run as a program, it writes that table
anew; the text before it is written by hand."""

import importlib
import sys
import unittest

from harness.tools import ROOT
from hostile.table import rows_of

PAGE = ROOT / "docs/security.md"
HEADING = "## What was tried\n"

_HEAD = """\
Each line is a test in `test/system/hostile`, against the real program, and the build fails where it does not hold.
`make docs` makes this table of them.

| who | what he does | what holds |
|---|---|---|
"""


def cases():
    """The TestCases of test/system/hostile that have tests, in the order of files and lines."""
    for file in sorted((ROOT / "test/system/hostile").glob("*_test.py")):
        module = importlib.import_module(f"hostile.{file.stem}")
        for case in vars(module).values():
            is_case = isinstance(case, type) and issubclass(case, unittest.TestCase)
            if is_case and case.__module__ == module.__name__:
                yield case


def rows():
    """By neighbour, those that belong together beside each other."""
    found = [row for case in cases() for row in rows_of(case)]
    order = list(dict.fromkeys(row.neighbour for row in found))
    return sorted(found, key=lambda row: order.index(row.neighbour))


def text(page):
    """What the page is to be, of what it is."""
    by_hand = page.partition(HEADING)[0]
    table = "".join(f"| {row.neighbour} | {row.does} | {row.holds} |\n" for row in rows())
    return f"{by_hand}{HEADING}{_HEAD}{table}"


if __name__ == "__main__":
    PAGE.write_text(text(PAGE.read_text()))
    sys.exit(0)
