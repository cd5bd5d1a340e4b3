#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Looking into 1,000 pods keeps no pod alive."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))

from pods_vanishing import vanish  # noqa: E402
from witness import run_tests  # noqa: E402


class PodsThatAreLookedInto(unittest.TestCase):
    def test_vanish_in_time(self):
        self.assertGreater(vanish(self, 1000), 0, "the agent did look into them")


if __name__ == "__main__":
    run_tests()
