#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`caliwatch path` against what happens to packets, in a lab with VXLAN."""

import unittest

from detection.path_pairs import PAST_TUNNEL, Paths, tests_of
from harness.main import run_tests

VXLAN_FAULTS = [("lose-vtep-neighbor", ()), ("lose-vtep-fdb", ())]

Vxlan = type("Vxlan", (Paths, unittest.TestCase), tests_of("vxlan", VXLAN_FAULTS, PAST_TUNNEL))

if __name__ == "__main__":
    run_tests()
