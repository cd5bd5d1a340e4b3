#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What real BIRDs say of sessions that are down, in the words of both C libraries, leads to the right cause."""

import concurrent.futures
import json
import unittest

from calicolab import Lab
from calicolab.errors import LabError
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.program import CALIWATCH

# Last octet of the peer's address -> how it is dead.
DEAD = {101: "silent", 102: "refused", 103: "unreachable", 104: "passive"}
FAR = "203.0.113.9"
CAUSES = {
    "10.39.1.101": "no answer",
    "10.39.1.102": "refused",
    "10.39.1.103": "unreachable",
    "10.39.1.104": "passive, waiting",
    FAR: "no route",
}
KINDS = [("1.6.8", "glibc"), ("1.6.8", "musl"), ("2.0.12", "glibc"), ("2.0.12", "musl")]


def peers():
    dead = [{"address": f"10.39.1.{octet}", "dead": kind, "node": "node1"} for octet, kind in DEAD.items()]
    return [*dead, {"address": FAR, "node": "node1", "passive": False}]


def causes(lab):
    report = json.loads(lab.node("node1").run(["caliwatch", "check", "--output", "json"], check=False).stdout)
    return {peer["peer"]: peer["cause"] for peer in report["peers"] if peer["peer"] in CAUSES}


def told(bird, libc):
    """{peer: cause} once all are as they are to be, or as they are in the end."""
    options = {"bird": bird, "libc": libc, "peers": peers(), "families": ("ipv4",), "agent": CALIWATCH}
    with Lab(nodes=2, pods=0, wait=False, **options) as lab:
        lab.node("node1").run(["ip", "route", "del", "default"])
        eventually(lambda: causes(lab) == CAUSES, 40, every=1)
        return causes(lab)


class BirdsWords(unittest.TestCase):
    maxDiff = None

    def test_every_kind_of_dead_peer_has_its_cause_with_both_birds_and_in_both_spellings(self):
        with concurrent.futures.ThreadPoolExecutor(len(KINDS)) as pool:
            for kind, found in zip(KINDS, pool.map(lambda kind: told(*kind), KINDS)):
                with self.subTest(kind):
                    self.assertEqual(found, CAUSES)

    def test_what_a_fault_makes_bird_say_is_told_by_its_cause_and_the_printed_remedy_ends_it(self):
        """(fault, what it needs, the cause at node2 of its peers); healing does what the remedy says."""
        for bird, fault, cause in (
            ("1.6.8", "port-taken", {"cannot listen"}),
            ("2.0.12", "passwords-refused", {"password refused"}),
            ("2.0.12", "wrong-as", {"AS mismatch"}),
            ("1.6.8", "peer-is-itself", {"is this node"}),
            ("1.6.8", "second-speaker", {"another speaker"}),
        ):
            with self.subTest(fault), Lab(nodes=3, pods=0, bird=bird, families=("ipv4",), agent=CALIWATCH) as lab:
                lab.wait_for_bgp(60)
                lab.fault(fault, "node2")
                self.assertTrue(eventually(lambda: cause & down_causes(lab), 60, every=1), down_causes(lab))
                lab.heal()
                self.assertTrue(eventually(lambda: not down_causes(lab), 60, every=1), down_causes(lab))
                try:
                    lab.wait_for_bgp(60)
                except LabError as left:
                    self.fail(f"{fault}: {left}")


def down_causes(lab):
    report = json.loads(lab.node("node2").run(["caliwatch", "check", "--output", "json"], check=False).stdout)
    return {peer["cause"] for peer in report["peers"] if peer["cause"]}


if __name__ == "__main__":
    run_tests()
