#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The outage after an upgrade as `caliwatch ipam --etcd --kubeconfig` sees it: a real etcd has Calico's records, a real
API server the pods. What etcd alone tells is in seed_etcd_test.py."""

import unittest

from harness.etcd import Etcd
from harness.etcd_records import EtcdRecords
from harness.main import run_tests
from harness.program import CALIWATCH
from ipam.seed_etcd import EtcdCases
from ipam.seed_live import WithKube


class WithEtcdAndApiServer(WithKube, EtcdCases, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.start_kube()

    def setUp(self):
        etcd = Etcd()
        self.addCleanup(etcd.close)
        self.begin_with(EtcdRecords(etcd.url), ["--etcd"], endpoints=True, environment=etcd.environment())


if __name__ == "__main__":
    run_tests(CALIWATCH, lab=False)
