#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`caliwatch path` against what happens to packets, in a lab with VXLAN."""

import unittest

from detection.path_pairs import N2, P1, Paths, tests_of
from harness.main import run_tests

VXLAN_FAULTS = [("lose-vtep-neighbor", ()), ("lose-vtep-fdb", ())]

# Of labs with tunnels: who is never answered. A pod's packets to another node's own address go past the tunnel with the
# pod's address, which rp_filter takes for forged; with Calico the IP pool's natOutgoing sees to that, as a rule.
PAST_TUNNEL = {((P1, N2), "ipv4")}


Vxlan = type("Vxlan", (Paths, unittest.TestCase), tests_of("vxlan", VXLAN_FAULTS, PAST_TUNNEL))

if __name__ == "__main__":
    run_tests()
