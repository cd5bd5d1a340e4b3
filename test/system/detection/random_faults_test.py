#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random faults, up to three at once: each is found, and nothing else. CALIWATCH_SEED chooses others."""

import unittest

from detection.random_faults import score, seed_or
from harness.main import run_tests


class AFewFaults(unittest.TestCase):
    def test_all_that_is_wrong_is_found_and_nothing_else(self):
        score(self, seed_or(1), faults=8, workers=4)


if __name__ == "__main__":
    run_tests()
