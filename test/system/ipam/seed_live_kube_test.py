#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The outage after an upgrade as `caliwatch ipam --kubeconfig` sees it: a real API server has all, Calico's records,
too."""

import unittest

from harness.calico_objects import COLLECTIONS
from harness.kube_records import KubeRecords, define
from harness.main import run_tests
from harness.program import CALIWATCH
from ipam.seed_kubernetes import KubernetesCases
from ipam.seed_live import WithKube


class WithApiServer(WithKube, KubernetesCases, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.start_kube()
        define(cls.kube)

    def setUp(self):
        for collection in COLLECTIONS.values():
            self.kube.clear(collection)
        self.begin_with(KubeRecords(self.kube), asked=[])


if __name__ == "__main__":
    run_tests(CALIWATCH, lab=False)
