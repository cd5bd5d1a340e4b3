#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each fault of the lab, alone: the agents find all that fault_findings.py says they must, nothing beyond what it
allows, and nothing any more soon after it is healed. The labs run side by side."""

import concurrent.futures
import unittest

from calicolab import Lab
from calicolab.faults import FAULTS as ALL_FAULTS
from calicolab.waiting import eventually
from detection.fault_findings import FAULTS, NOT_JUDGED, applying
from detection.fault_scene import LABS, Scene
from harness.main import run_tests
from harness.program import CALIWATCH
from harness.waiting import ready
from harness.watch import AGENT_ARGS, Watch, await_healed, told

GONE_WITHIN = 4  # seconds: three polls, and a look at what the last of them found
# Each lab has its faults one after another. A session that is lost three times is flapping, and rightly called so:
# faults that cost sessions are spread over labs. flap-peer is the last of its lab, since it lingers.
LABS_AND_FAULTS = {
    "pods": ("bird1", 2, ["duplicate-ip", "lost-veth", "interface-down", "carrier-lost", "wrong-mtu", "delete-route", "wrong-veth"]),
    "addresses": ("bird2", 2, ["take-pod-address", "foreign-pod-address", "wrong-neighbor-mac", "cut-off-pod"]),
    "gateways": ("bird2", 2, ["proxy-arp-off", "no-default-route", "wrong-gateway-mac", "no-pod-route", "forwarding-off"]),
    "stale": ("bird1", 3, ["stale-veths", "remove-address"]),
    "dead birds": ("bird1", 3, ["kill-bird", "crowd-listener"]),
    "dead nodes": ("bird2", 3, ["kill-node", "stop-bird", "restart-bird"]),
    "paths": ("bird1", 3, ["cut"]),
    "announced": ("bird2", 3, ["announce-foreign-block", "owner-conflict", "flap-peer"]),
    "vxlan": ("vxlan", 3, ["lose-block-route", "wrong-tunnel-mtu", "tunnel-down", "lose-vtep-neighbor", "lose-vtep-fdb"]),
    "without files": ("no-status", 2, ["cut-off-pod", "duplicate-ip", "delete-route", "wrong-veth", "interface-down"]),
}  # fmt: skip
PLACE = {
    "cut": [("node1", "node2"), ("node3", "node2")]
}  # where one is not enough: towards who dials, and towards who waits
LINGER = {"peer_flapping"}


class Outcome:
    """What one fault, at one place, brought about."""

    def __init__(self, fault, expected):
        self.fault, self.expected = fault, expected
        self.missing, self.beyond, self.unlisted, self.alarms, self.left = (set() for _ in range(5))


def cause(lab, scene, watch, fault, arguments):
    expected = FAULTS[fault].expect(scene, *arguments)
    outcome = Outcome(f"{fault} {' '.join(arguments)}", expected)
    watch.forget()
    lab.fault(fault, *arguments)
    eventually(lambda: expected.must <= watch.seen, expected.within)
    watch.rest(polls=2)
    outcome.alarms = watch.now & expected.follows()
    alarms, effects = everything_told(lab, expected)
    lab.heal()
    await_healed(lab, scene)
    eventually(lambda: not lasting(watch.now), GONE_WITHIN)
    outcome.left = lasting(watch.now)
    eventually(watch.converged)  # and for two polls, or the next fault would befall a node that is not well yet
    watch.rest(polls=2)
    outcome.missing = expected.must - watch.seen
    outcome.beyond = (watch.seen | alarms | effects) - expected.allowed()
    outcome.unlisted = expected.effects - effects
    return outcome


def everything_told(lab, expected):
    """Again where something is not listed: the kernel forgets a pod's failed gateway at times, until the pod asks
    anew."""
    for _ in range(3):
        both = [told(lab, node) for node in sorted({node for node, _, _ in expected.must})]
        alarms, effects = (set().union(*(found[i] for found in both)) for i in (0, 1))
        if expected.effects <= effects:
            break
    return alarms, effects


def lasting(found):
    return {finding for finding in found if finding[1] not in LINGER}


def run(kind, nodes, faults):
    """[Outcome] of the faults, one after another on one lab."""
    with Lab(nodes=nodes, pods=2, agent=CALIWATCH, agent_args=AGENT_ARGS, **LABS[kind]) as lab:
        ready(lab)
        watch = Watch(lab)
        try:
            watch.rest(polls=2)
            eventually(lambda: not watch.now)
            scene = Scene(lab)
            places = [(fault, place) for fault in faults for place in PLACE.get(fault, FAULTS[fault].places(scene)[:1])]
            return [cause(lab, scene, watch, fault, place) for fault, place in places]
        finally:
            watch.close()


class EachFault(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        pool = concurrent.futures.ThreadPoolExecutor(len(LABS_AND_FAULTS))
        cls.running = {name: pool.submit(run, *lab) for name, lab in LABS_AND_FAULTS.items()}

    def test_every_fault_of_the_lab_is_caused_or_told_why_not(self):
        caused = {fault for _, _, faults in LABS_AND_FAULTS.values() for fault in faults}
        self.assertEqual(caused | set(NOT_JUDGED), set(ALL_FAULTS))
        for kind, _, faults in LABS_AND_FAULTS.values():
            self.assertLessEqual(set(faults), set(applying(kind)))


def of_lab(name):
    def test(self):
        for outcome in self.running[name].result():
            with self.subTest(outcome.fault):
                self.assertEqual(outcome.missing, set(), "is to be found")
                self.assertEqual(outcome.beyond, set(), "is not true of a lab with this fault")
                self.assertEqual(outcome.unlisted, set(), "is to be listed below its cause")
                self.assertEqual(outcome.alarms, set(), "is to be no alarm beside its cause")
                self.assertEqual(outcome.left, set(), "was found though all was healed")

    return test


for lab_name in LABS_AND_FAULTS:
    setattr(EachFault, f"test_{lab_name.replace(' ', '_')}", of_lab(lab_name))

if __name__ == "__main__":
    run_tests()
