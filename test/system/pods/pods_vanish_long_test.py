#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Looking into 1,000 pods keeps no pod alive."""

import unittest

from harness.main import run_tests
from pods.pods_vanishing import vanish


class PodsThatAreLookedInto(unittest.TestCase):
    def test_vanish_in_time(self):
        self.assertGreater(vanish(self, 1000), 0, "the agent did look into them")


if __name__ == "__main__":
    run_tests()
