#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The scenes after an upgrade are what they are said to be, before anybody judges them."""

import unittest

from harness.calico_cluster import CalicoCluster
from harness.cluster_objects import ObjectFiles
from harness.etcd_records import DumpedRecords
from harness.main import run_tests
from ipam.cluster_truth import records, wrong
from ipam.remedies import Hands
from ipam.seed_scenes import SCENES, build


def addresses(block, *ordinals):
    start, _, last = block.rpartition(".")
    return [f"{start}.{int(last) + ordinal}" for ordinal in ordinals]


class Scenes(unittest.TestCase):
    def setUp(self):
        self.cluster = CalicoCluster(ObjectFiles(), DumpedRecords(), endpoints=True)
        build(self.cluster)

    def made(self, scene):
        SCENES[scene](self.cluster)
        return wrong(self.cluster)

    def test_begin_healthy(self):
        self.assertEqual(wrong(self.cluster), set())
        self.assertEqual(len(records(self.cluster)), 9)

    def test_records_wiped(self):
        twice, others = addresses("10.48.40.128", 0, 1, 2), addresses("10.48.217.0", 0, 1, 2)
        others += addresses("10.48.98.0", 0, 1, 2)
        found = self.made("records_wiped")
        self.assertEqual({a for what, a in found if what == "twice"}, set(twice))
        self.assertEqual({a for what, a in found if what == "no record"}, set(others))

    def test_reborn(self):
        old, new = addresses("10.48.40.128", 3) + addresses("10.48.217.0", 3)
        self.assertEqual(self.made("reborn"), {("shared handle", old), ("shared handle", new), ("leaked", old)})

    def test_reborn_while_the_old_is_still_there(self):
        old, new = addresses("10.48.40.128", 3) + addresses("10.48.217.0", 3)
        found = self.made("reborn_beside_the_old")
        self.assertEqual(found, {("shared handle", old), ("shared handle", new)})
        # What its first node does when it is through at last, as the CNI plugin of that time did.
        self.cluster.ipam.release_handle("default.db-0")
        self.assertIn(("no record", new), wrong(self.cluster))

    def test_never_ends(self):
        self.assertEqual(self.made("never_ends"), {("leaked", *addresses("10.48.217.0", 1))})

    def test_node_removed(self):
        self.assertEqual(self.made("node_removed"), {("leaked", a) for a in addresses("10.48.98.0", 0, 1, 2)})


class TheWorst(unittest.TestCase):
    """Of several ways that a remedy can go, the hands take one that does harm, if there is one."""

    def setUp(self):
        self.cluster = CalicoCluster(ObjectFiles(), DumpedRecords())
        build(self.cluster)
        SCENES["records_wiped"](self.cluster)
        self.hands = Hands(self.cluster)

    def test_a_pod_made_anew_takes_the_address_of_one_without_a_record(self):
        self.hands.carry_out(["kubectl cordon n2", "kubectl delete pod pod2b -n default", "kubectl uncordon n2"])
        self.assertIn(("twice", "10.48.98.0"), wrong(self.cluster))

    def test_but_not_if_all_nodes_wait_until_all_of_them_are_gone(self):
        nodes, lost = ("n1", "n2", "n3"), [f"pod{number}{letter}" for number in "123" for letter in "abc"]
        commands = [f"kubectl cordon {node}" for node in nodes]
        commands += [f"kubectl delete pod {pod} -n default" for pod in lost]
        self.hands.carry_out(commands + [f"kubectl uncordon {node}" for node in nodes])
        self.assertEqual(wrong(self.cluster), set())


if __name__ == "__main__":
    run_tests(lab=False)
