#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each fault of the lab, alone: the agents find all that fault_findings.py says they must, nothing beyond what it
allows, and nothing any more soon after it is healed. The labs run side by side. tunnels_test.py has the faults of
tunnels; the outages of outages/ are not repeated here: they ask the same."""

import concurrent.futures
import unittest

from calicolab.faults import FAULTS as ALL_FAULTS
from detection.fault_findings import FAULTS, NOT_JUDGED, applying
from detection.fault_run import cause, watched
from detection.tunnels_test import TUNNEL_LABS
from harness.main import run_tests
from outages.played import OUTAGES

# Each lab has its faults one after another. A session that is lost three times is flapping, and rightly called so:
# faults that cost sessions are spread over labs. flap-peer is the last of its lab, since it lingers.
# The kernel's neighbor table is shared by all of them, and has a limit.
AT_ONCE = 10
LABS_AND_FAULTS = {
    "pods": (
        "bird1", 2,
        ["duplicate-ip", "interface-down", "carrier-lost", "wrong-mtu", "delete-route", "wrong-veth"],
    ),
    "all pods": (
        "vxlan", 2, ["flush-pod-routes", "no-ipv6-pod-routes", "route-through-pod", "second-network", "await-vm"],
    ),
    "taken up late": ("vxlan", 2, ["pod-not-programmed", "foreign-container"]),
    "completed": ("vxlan", 2, ["complete-pod"]),
    "left files": ("vxlan", 2, ["left-file"]),
    "markers": ("markers", 2, ["interface-down", "delete-route", "duplicate-ip", "flush-pod-routes", "second-network"]),
    "addresses": ("bird2", 2, ["take-pod-address", "foreign-pod-address", "wrong-neighbor-mac"]),
    "gateways": (
        "bird2", 2,
        [
            "proxy-arp-off", "no-default-route", "no-pod-link-local", "wrong-gateway-mac", "no-pod-route",
            "forwarding-off",
        ],
    ),
    "stale": ("bird1", 3, ["stale-veths"]),
    "dead birds": ("bird1", 3, ["kill-bird", "crowd-listener"]),
    "dead nodes": ("bird2", 3, ["kill-node", "stop-bird", "restart-bird"]),
    "announced": ("bird2", 3, ["announce-foreign-block", "owner-conflict", "rule-before-main", "flap-peer"]),
    "dying birds": ("bird1", 3, ["bird-keeps-dying"]),
    "felix away": ("vxlan", 2, ["felix-not-ready", "felix-dead"]),
    "felix hangs": ("bird2", 2, ["felix-not-live", "felix-hung"]),
    "felix behind": ("bird1", 2, ["stale-files", "felix-keeps-dying"]),
    "own network": (
        "bird2", 2, ["virtual-network", "advertisements-ignored", "small-path", "old-cni-token", "docker0-address"],
    ),
    "routes": ("bird1", 2, ["foreign-route", "blackhole-services", "overlap-block", "flap-route"]),
    "given up": ("bird1", 3, ["port-taken", "peer-is-itself", "refused-configuration"]),
    "passwords": ("bird2", 3, ["lone-reflector", "passwords-refused"]),
    "strangers": ("bird2", 3, ["wrong-as", "old-configuration"]),
    "forbidden": ("musl", 3, ["forbid-bgp", "routes-in-a-loop"]),
    "rivals": ("musl", 3, ["second-speaker"]),
    "clones": ("bird1", 3, ["same-router-id"]),
    "without files": ("no-status", 2, ["cut-off-pod", "duplicate-ip", "delete-route", "wrong-veth", "interface-down"]),
}  # fmt: skip


def run(kind, nodes, faults):
    """[Outcome] of the faults, one after another on one lab."""
    with watched(kind, nodes=nodes, pods=2) as (lab, watch, scene):
        return [cause(lab, scene, watch, fault, FAULTS[fault].places(scene)[0]) for fault in faults]


class EachFault(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        pool = concurrent.futures.ThreadPoolExecutor(AT_ONCE)
        cls.running = {name: pool.submit(run, *lab) for name, lab in LABS_AND_FAULTS.items()}

    def test_every_fault_of_the_lab_is_caused_or_told_why_not(self):
        caused = {fault for _, _, faults in LABS_AND_FAULTS.values() for fault in faults}
        caused |= {fault for outage in OUTAGES.values() for fault, *_ in outage.faults}
        caused |= {fault for _, faults in TUNNEL_LABS.values() for fault in faults}
        self.assertEqual(caused | set(NOT_JUDGED), set(ALL_FAULTS))
        for kind, _, faults in LABS_AND_FAULTS.values():
            self.assertLessEqual(set(faults), set(applying(kind)))


def of_lab(name):
    def test(self):
        for outcome in self.running[name].result():
            with self.subTest(outcome.name):
                outcome.assert_right(self)

    return test


for lab_name in LABS_AND_FAULTS:
    setattr(EachFault, f"test_{lab_name.replace(' ', '_')}", of_lab(lab_name))

if __name__ == "__main__":
    run_tests()
