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
from ipam.judged_files import FileLooks
from ipam.seed_cases import SETTINGS
from ipam.seed_etcd import EtcdCases
from ipam.seed_kubernetes import KubernetesCases

AGO, BEGIN = 4 * 3600, -3000  # in seconds: what happens, before now; the first look, from now


class WithEtcd(EtcdCases, unittest.TestCase):
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
