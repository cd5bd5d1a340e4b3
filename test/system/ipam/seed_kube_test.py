#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The outage after an upgrade where Calico has its records in the Kubernetes API: by what a real API server lists, and
recordings of the nodes' kernels."""

import json
import unittest

from harness.calico_cluster import CalicoCluster
from harness.calico_objects import COLLECTIONS
from harness.cluster_objects import NODES, PODS
from harness.kernel_recording import KernelRecordings
from harness.kube import Kube, kube_program
from harness.kube_records import KubeRecords
from harness.main import run_tests
from harness.program import CALIWATCH
from ipam.cluster_truth import records
from ipam.judged_files import FileLooks
from ipam.seed_cases import BLOCKS, N3, SETTINGS, SeedCases

# Nothing happens earlier there than now: so the looks are to be later, by more than a deletion may take.
LATER = 900


class WithApiServer(SeedCases, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        kube_program()
        cls.kube = Kube()
        cls.addClassCleanup(cls.kube.close)
        cls.store = KubeRecords(cls.kube)
        cls.recordings = KernelRecordings()
        cls.addClassCleanup(cls.recordings.close)

    def setUp(self):
        for collection in [NODES, PODS, *COLLECTIONS.values()]:
            self.clear(collection)
        for key, value in SETTINGS.items():
            self.store.put(key, value)
        self.cluster = CalicoCluster(self.kube, self.store, SETTINGS)
        self.looks = FileLooks(self.cluster, self.files, begin=LATER, recordings=self.recordings)
        self.addCleanup(self.looks.close)
        self.begin()

    def clear(self, collection):
        for item in self.kube.list(collection)["items"]:
            metadata = item["metadata"]
            inside = f"/api/v1/namespaces/{metadata['namespace']}/pods" if "namespace" in metadata else collection
            self.kube.delete(f"{inside}/{metadata['name']}")

    def files(self):
        lists = {"pods": self.kube.list(PODS), "nodes": self.kube.list(NODES), **self.store.lists()}
        return {f"{plural}.json": json.dumps(answer) for plural, answer in lists.items()}

    def test_a_node_removed_with_its_pods_records_left(self):
        before = records(self.cluster)
        found, answer = self.make("node_removed")
        self.assertEqual(found, {("ipam_affinity_of_gone_node", "node n3")})
        leaked = [row for row in answer["findings"] if row["check"] == "ipam_address_leaked"]
        self.assertEqual({row["cause"]["subject"] for row in leaked}, {"node n3"})
        self.release(answer, [f"{N3}.{last}" for last in range(3)])
        self.assertEqual(records(self.cluster), {a: o for a, o in before.items() if not a.startswith(N3)})
        self.assert_says("See that calico-kube-controllers runs")
        self.cluster.ipam.release_affinity("n3", BLOCKS["n3"])
        self.assert_ended()


if __name__ == "__main__":
    run_tests(CALIWATCH, lab=False)
