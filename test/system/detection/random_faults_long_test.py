#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fifty random faults, up to three at once. CALIWATCH_SEED repeats a run; each prints its own."""

import os
import unittest

from detection.random_faults import score, seed_or
from harness.main import run_tests


class FiftyFaults(unittest.TestCase):
    def test_all_that_is_wrong_is_found_and_nothing_else(self):
        score(self, seed_or(int.from_bytes(os.urandom(3), "big")), faults=50, workers=4)


if __name__ == "__main__":
    run_tests()
