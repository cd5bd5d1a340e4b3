#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fifty random faults, up to three at once. CALIWATCH_SEED repeats a run; each prints its own."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))

from random_faults import score, seed_or  # noqa: E402
from witness import run_tests  # noqa: E402


class FiftyFaults(unittest.TestCase):
    def test_all_that_is_wrong_is_found_and_nothing_else(self):
        score(self, seed_or(int.from_bytes(os.urandom(3), "big")), faults=50, workers=4)


if __name__ == "__main__":
    run_tests()
