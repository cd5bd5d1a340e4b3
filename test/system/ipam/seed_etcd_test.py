#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The outage after an upgrade as `caliwatch ipam --etcd` sees it: a real etcd with Calico's records, and stand-ins for
the nodes' agents. Who runs, the endpoints say: nobody gives pods here."""

import unittest

from harness.calico_cluster import CalicoCluster
from harness.cluster_objects import ObjectFiles
from harness.etcd import Etcd
from harness.etcd_records import EtcdRecords
from harness.main import run_tests
from harness.program import CALIWATCH
from ipam.live_looks import LiveLooks
from ipam.seed_cases import SETTINGS, SeedCases
from ipam.seed_etcd import calicos_node
from ipam.seed_live import AskedLive

AGO = 4 * 3600


class ARealEtcd(AskedLive, SeedCases, unittest.TestCase):
    def setUp(self):
        etcd = Etcd()
        self.addCleanup(etcd.close)
        store = EtcdRecords(etcd.url)
        for key, value in SETTINGS.items():
            store.put(key, value)
        self.cluster = CalicoCluster(ObjectFiles(AGO), store, SETTINGS, endpoints=True, ago=AGO)
        self.looks = LiveLooks(self.cluster, ["--etcd"], etcd.environment())
        self.addCleanup(self.looks.close)
        self.begin()
        for name in self.cluster.kernels:
            store.put(f"/calico/resources/v3/projectcalico.org/nodes/{name}", calicos_node(name))

    def test_a_deletion_that_never_ends(self):
        """That a pod is to go, Calico's etcd does not know: without an endpoint its address is nobody's."""
        found, answer = self.make("never_ends")
        self.assertEqual(found, {("ipam_address_leaked", "10.48.217.1")})
        self.release(answer, ["10.48.217.1"])
        self.cluster.delete_object("default/pod2b")
        self.assert_ended()

    def test_a_pod_reborn_elsewhere_while_the_first_is_still_there(self):
        """Which of two endpoints of one name is the living pod's, only the API knows: nothing is said, and nothing is
        to be released."""
        found, answer = self.make("reborn_beside_the_old")
        self.assertEqual((found, answer["safe_to_release"]), (set(), []))


if __name__ == "__main__":
    run_tests(CALIWATCH, lab=False)
