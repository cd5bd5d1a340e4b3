# SPDX-License-Identifier: Apache-2.0
"""The outage after an upgrade, of which `caliwatch ipam` asks the servers itself."""

from harness.calico_cluster import CalicoCluster
from harness.cluster_objects import NODES, PODS
from harness.kube import Kube, kube_program
from ipam.live_looks import LiveLooks, skip_without_faketime
from ipam.seed_cases import SETTINGS

# Nothing happens earlier there than now: so the looks are to be later, by more than a deletion may take.
LATER = 900


class AskedLive:
    """To be mixed into a TestCase, before SeedCases: each scene costs two looks, and two more when it has ended."""

    def assert_healthy(self):
        """Said once, by test_nothing_is_wrong_before."""

    def test_nothing_is_wrong_before(self):
        found, answer = self.two_looks()
        self.assertEqual((found, answer["outcome"]), (set(), "clean"))


class WithKube(AskedLive):
    @classmethod
    def start_kube(cls):
        kube_program()
        cls.kube = Kube()
        cls.addClassCleanup(cls.kube.close)

    def begin_with(self, store, asked, endpoints=False, environment=()):
        skip_without_faketime(self)
        for collection in [NODES, PODS]:
            self.kube.clear(collection)
        for key, value in SETTINGS.items():
            store.put(key, value)
        self.cluster = CalicoCluster(self.kube, store, SETTINGS, endpoints=endpoints)
        self.looks = LiveLooks(self.cluster, ["--kubeconfig", self.kube.kubeconfig(), *asked], environment, LATER)
        self.addCleanup(self.looks.close)
        self.begin()
