#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What goes on in a healthy cluster while `caliwatch ipam` asks a real API server and the agents: nothing is found."""

import threading
import time
import unittest

from harness.calico_cluster import CalicoCluster
from harness.kube import Kube, kube_program
from harness.kube_records import KubeRecords, define
from harness.main import run_tests
from harness.program import CALIWATCH
from harness.virtual_machines import VirtualMachine
from ipam.cluster_truth import wrong
from ipam.live_looks import LiveLooks, skip_without_faketime
from ipam.seed_cases import SETTINGS
from ipam.seed_live import LATER
from ipam.seed_scenes import BLOCKS, build

# What is younger than a minute is in doubt. Of what was there before, nothing is to be.
OLD = 65  # seconds


class Healthy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        kube_program()
        cls.kube = Kube()
        cls.addClassCleanup(cls.kube.close)
        define(cls.kube)
        store = KubeRecords(cls.kube)
        for key, value in SETTINGS.items():
            store.put(key, value)
        cls.cluster = CalicoCluster(cls.kube, store, SETTINGS)
        build(cls.cluster)
        cls.machine = VirtualMachine(cls.cluster, "db", "n2")
        time.sleep(OLD)

    def quiet(self, meanwhile=None, later=0):
        """Both looks see what `meanwhile` does, step by step; the answer."""
        looks = LiveLooks(self.cluster, ["--kubeconfig", self.kube.kubeconfig()], later=later)
        self.addCleanup(looks.close)
        going_on = threading.Thread(target=meanwhile or (lambda: None))
        going_on.start()
        _, answer = looks.answer()
        going_on.join()
        self.assertEqual(answer["findings"], [])
        self.assertEqual({row["kind"]: row["error"] for row in answer["evidence"] if row["error"]}, {})
        return {row["kind"]: row["rows"] for row in answer["evidence"]}

    def test_nodes_that_join_and_get_pods_at_once(self):
        def join():
            for number in range(4, 8):
                time.sleep(2)
                name = f"n{number}"
                self.cluster.add_node(name, f"10.9.0.{10 + number}", f"10.48.{number}.0/26")
                for letter in "abc":
                    self.cluster.start_pod(f"default/pod{number}{letter}", name)

        before = len(self.cluster.kernels)
        self.assertEqual(self.quiet(join)["nodes"], before + 4)
        self.quiet()

    def test_a_node_that_is_drained_and_leaves(self):
        def drain():
            for letter in "abc":
                time.sleep(1)
                self.cluster.stop_pod(f"default/pod1{letter}")
                self.cluster.start_pod(f"default/pod1{letter}-again", "n3")
            self.cluster.ipam.release_affinity("n1", BLOCKS["n1"])

        self.quiet(drain)
        self.cluster.remove_node("n1")
        self.assertEqual(wrong(self.cluster), set())
        self.quiet()

    def test_a_virtual_machine_that_migrates(self):
        """Each state of it stays for two looks, and is so old for them that it counts."""
        skip_without_faketime(self)
        pods = self.quiet(later=LATER)["pods"]
        self.machine.begin_migration("n3")
        self.assertEqual(self.quiet(later=LATER)["pods"], pods + 1)
        self.machine.hand_over()
        self.quiet(later=LATER)
        self.machine.end_migration()
        self.assertEqual(self.quiet(later=LATER)["pods"], pods)
        self.assertEqual(wrong(self.cluster), set())


if __name__ == "__main__":
    run_tests(CALIWATCH, lab=False)
