#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One minute of 1,000 pods a minute that come and go: `caliwatch ipam` finds nothing."""

import unittest

from harness.main import run_tests
from harness.program import CALIWATCH
from ipam.churn import churn_quietly


class Churn(unittest.TestCase):
    def test_of_pods_is_no_finding(self):
        churn_quietly(self, 60)


if __name__ == "__main__":
    run_tests(CALIWATCH, lab=False)
