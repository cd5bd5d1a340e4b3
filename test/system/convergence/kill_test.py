#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The agent is killed at any moment, 25 times; 200 times in kill_long_test.py."""

import unittest

from convergence.kills import kill_again_and_again
from harness.main import run_tests


class Killed(unittest.TestCase):
    def test_an_agent_that_is_killed_comes_back_with_all_that_it_had_counted(self):
        print(kill_again_and_again(self, 25))


if __name__ == "__main__":
    run_tests()
