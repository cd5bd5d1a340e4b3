# SPDX-License-Identifier: Apache-2.0
"""A real Kubernetes API server that holds what real Calico left in its etcd: nine pods on three nodes."""

from harness.calico_objects import dumped
from harness.kube import Kube, kube_program
from harness.kube_records import KubeRecords, define
from harness.tools import ROOT

REAL = dumped((ROOT / "test/recordings/calico/etcd/healthy.json").read_text())


class WithRealRecords:
    """To be mixed into a TestCase: `kube`, and `store`, its KubeRecords."""

    @classmethod
    def setUpClass(cls):
        kube_program()
        cls.kube = Kube()
        cls.addClassCleanup(cls.kube.close)
        define(cls.kube)
        cls.store = KubeRecords(cls.kube)
        for key, value in REAL.items():
            cls.store.put(key, value)
