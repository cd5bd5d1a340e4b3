#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Looking into pods keeps no pod alive; with 1,000 pods in test/long."""

import unittest

from pods_vanishing import vanish
from witness import run_tests


class PodsThatAreLookedInto(unittest.TestCase):
    def test_vanish_in_time(self):
        self.assertGreater(vanish(self, 100), 0, "the agent did look into them")

    def test_vanish_in_time_for_an_agent_in_a_container(self):
        self.assertGreater(vanish(self, 40, mounts="slave"), 0, "the agent did look into them")

    def test_vanish_in_time_for_an_agent_in_a_container_that_gets_no_new_mounts(self):
        vanish(self, 40, mounts="private")


if __name__ == "__main__":
    run_tests()
