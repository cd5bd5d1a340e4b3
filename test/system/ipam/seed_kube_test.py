#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The outage after an upgrade, with a real API server; without one it is in seed_test.py."""

import unittest

from harness.calico_cluster import CalicoCluster
from harness.calico_objects import COLLECTIONS
from harness.cluster_objects import NODES, PODS
from harness.kernel_recording import KernelRecordings
from harness.kube import Kube, kube_program
from harness.kube_records import KubeRecords, define
from harness.main import run_tests
from harness.program import CALIWATCH
from ipam.judged_files import FileLooks
from ipam.seed_cases import SETTINGS
from ipam.seed_kubernetes import KubernetesCases

# Nothing happens earlier there than now: so the looks are to be later, by more than a deletion may take.
LATER = 900


class WithApiServer(KubernetesCases, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        kube_program()
        cls.kube = Kube()
        cls.addClassCleanup(cls.kube.close)
        define(cls.kube)
        cls.store = KubeRecords(cls.kube)
        cls.recordings = KernelRecordings()
        cls.addClassCleanup(cls.recordings.close)

    def setUp(self):
        for collection in [NODES, PODS, *COLLECTIONS.values()]:
            self.kube.clear(collection)
        for key, value in SETTINGS.items():
            self.store.put(key, value)
        self.cluster = CalicoCluster(self.kube, self.store, SETTINGS)
        self.looks = FileLooks(self.cluster, self.files, LATER, self.recordings)
        self.addCleanup(self.looks.close)
        self.begin()


if __name__ == "__main__":
    run_tests(CALIWATCH, lab=False)
