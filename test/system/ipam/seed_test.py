#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The outage after an upgrade by files: lists of the Kubernetes API, recordings of the nodes' kernels and, where Calico
has an etcd of its own, a dump of it. With a real API server it is in seed_kube_test.py."""

import json
import unittest

from harness.calico_cluster import CalicoCluster
from harness.cluster_objects import NODES, PODS, ObjectFiles
from harness.etcd_records import DumpedRecords
from harness.kernel_recording import KernelRecordings
from harness.kube_records import KubeRecords
from harness.main import run_tests
from harness.program import CALIWATCH
from ipam.cluster_truth import records
from ipam.judged_files import FileLooks
from ipam.seed_cases import BLOCKS, N3, SETTINGS, SeedCases
from ipam.seed_kubernetes import KubernetesCases

AGO, BEGIN = 4 * 3600, -3000  # in seconds: what happens, before now; the first look, from now


class WithEtcd(SeedCases, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.recordings = KernelRecordings()
        cls.addClassCleanup(cls.recordings.close)

    def setUp(self):
        store, api = DumpedRecords(SETTINGS), ObjectFiles(AGO)
        self.cluster = CalicoCluster(api, store, SETTINGS, endpoints=True, ago=AGO)
        files = lambda: {
            "pods.json": json.dumps(api.list(PODS)),
            "nodes.json": json.dumps(api.list(NODES)),
            "etcd.json": store.text(),
        }
        self.looks = FileLooks(self.cluster, files, BEGIN, self.recordings)
        self.addCleanup(self.looks.close)
        self.begin()

    def test_a_node_removed_with_its_pods_records_left(self):
        before = records(self.cluster)
        found, answer = self.make("node_removed")
        endpoints = {("ipam_endpoint_without_pod", f"default/n3-k8s-pod3{letter}-eth0") for letter in "abc"}
        self.assertEqual(found, {("ipam_affinity_of_gone_node", "node n3"), *endpoints})
        self.assertEqual(answer["safe_to_release"], [])
        self.assert_says("calicoctl delete node NAME")
        self.cluster.delete_calico_node("n3", BLOCKS["n3"])
        self.assertEqual(records(self.cluster), {a: o for a, o in before.items() if not a.startswith(N3)})
        self.assert_ended()


class WithCustomResources(KubernetesCases, unittest.TestCase):
    """As an API server would list them; nobody here is one."""

    @classmethod
    def setUpClass(cls):
        cls.recordings = KernelRecordings()
        cls.addClassCleanup(cls.recordings.close)

    def setUp(self):
        api = ObjectFiles(AGO)
        self.store = KubeRecords(api)
        for key, value in SETTINGS.items():
            self.store.put(key, value)
        self.cluster = CalicoCluster(api, self.store, SETTINGS, ago=AGO)
        self.looks = FileLooks(self.cluster, self.files, BEGIN, self.recordings)
        self.addCleanup(self.looks.close)
        self.begin()


if __name__ == "__main__":
    run_tests(CALIWATCH, lab=False)
