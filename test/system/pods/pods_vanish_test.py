#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Looking into pods keeps no pod alive; with 1,000 in pods_vanish_long_test.py."""

import unittest

from harness.main import run_tests
from pods.pods_vanishing import come_and_go_alone, vanish


class PodsThatAreLookedInto(unittest.TestCase):
    def test_vanish_in_time(self):
        self.assertGreater(vanish(self, 100), 0, "the agent did look into them")

    def test_vanish_in_time_for_an_agent_in_a_container(self):
        self.assertGreater(vanish(self, 40, mounts="slave"), 0, "the agent did look into them")

    def test_vanish_in_time_for_an_agent_in_a_container_that_gets_no_new_mounts(self):
        vanish(self, 40, mounts="private")

    def test_are_no_error_at_the_very_moment_they_come_and_go(self):
        come_and_go_alone(self, 60)


if __name__ == "__main__":
    run_tests()
