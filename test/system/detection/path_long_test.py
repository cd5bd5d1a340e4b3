#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`caliwatch path` against what happens to packets, in a lab with BIRD, and in one with VXLAN under faults for which
path_test.py has no time."""

import unittest

from detection.path_pairs import PAST_TUNNEL, Paths, tests_of
from harness.main import run_tests

BIRD_FAULTS = [
    ("interface-down", ()), ("carrier-lost", ()), ("delete-route", ()), ("wrong-veth", ()), ("flush-pod-routes", ()),
    ("no-default-route", ()), ("proxy-arp-off", ()), ("no-pod-route", ()), ("wrong-gateway-mac", ()),
    ("forwarding-off", ()), ("wrong-neighbor-mac", ()), ("rule-before-main", ()), ("foreign-route", ()),
    ("kill-bird", ("node2",)),
]  # fmt: skip

VXLAN_FAULTS = [
    ("tunnel-down", ()), ("tunnel-missing", ()), ("tunnel-without-address", ()), ("lose-vtep-route", ()),
    ("clone-vtep-mac", ()),
]  # fmt: skip

Bird = type("Bird", (Paths, unittest.TestCase), tests_of("bird2", BIRD_FAULTS))
Vxlan = type("Vxlan", (Paths, unittest.TestCase), tests_of("vxlan", VXLAN_FAULTS, PAST_TUNNEL))

if __name__ == "__main__":
    run_tests()
