#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Nodes with tunnels: agents find nothing while all is well, and each fault of a tunnel as fault_findings.py says.
VXLAN on every kernel, IPIP where there is a tunl0; test/kernels/guest runs kernels that have it."""

import unittest

from calicolab.errors import LabUnavailable
from detection.fault_findings import FAULTS
from detection.fault_run import cause, watched
from harness.main import run_tests
from harness.program import built

QUIET_POLLS = 5
# (kind of lab, faults) by the name of a class. Routes that are lost five times are restless, and rightly called so:
# faults that cost routes are spread over labs.
TUNNEL_LABS = {
    "VxlanDevice": ("vxlan", ["wrong-tunnel-mtu", "tunnel-down", "tunnel-missing", "tunnel-without-address"]),
    "VxlanSource": (
        "vxlan", ["foreign-tunnel-source", "wrong-tunnel-source", "borrow-tunnel-address", "rule-before-main"],
    ),
    "VxlanEntries": (
        "vxlan",
        [
            "lose-block-route", "leave-bird-routes", "lose-vtep-neighbor", "lose-vtep-fdb", "lose-vtep-route",
            "clone-vtep-mac",
        ],
    ),
    "Ipip": ("ipip", ["wrong-tunnel-mtu", "tunnel-down", "tunnel-missing", "tunnel-without-address", "bypass-tunnel"]),
    "IpipFelix": (
        "ipip-felix",
        ["wrong-tunnel-mtu", "tunnel-down", "tunnel-missing", "tunnel-without-address", "lose-felix-route"],
    ),
}  # fmt: skip


class Tunnels:
    """The tests of one kind of lab, that of the class."""

    kind = None

    @classmethod
    def setUpClass(cls):
        built()
        try:
            # Four, so that blocks on both sides of one that is led past the tunnel are led through it.
            cls.lab, cls.watch, cls.scene = cls.enterClassContext(watched(cls.kind, nodes=4, pods=1))
        except LabUnavailable as reason:
            raise unittest.SkipTest(str(reason)) from None

    def test_a_while_all_is_well_nothing_is_found(self):
        self.watch.forget()
        self.watch.rest(QUIET_POLLS)
        self.assertEqual(self.watch.seen, set())


def caused(fault):
    def test(self):
        cause(self.lab, self.scene, self.watch, fault, FAULTS[fault].places(self.scene)[0]).assert_right(self)

    return test


def tests_of(name):
    """Their names are those of the faults."""
    kind, faults = TUNNEL_LABS[name]
    tests = {f"test_{fault.replace('-', '_')}": caused(fault) for fault in faults}
    return type(name, (Tunnels, unittest.TestCase), {"kind": kind, **tests})


VxlanDevice, VxlanSource, VxlanEntries, Ipip, IpipFelix = map(tests_of, TUNNEL_LABS)

if __name__ == "__main__":
    run_tests()
