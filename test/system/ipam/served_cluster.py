# SPDX-License-Identifier: Apache-2.0
"""`caliwatch ipam --serve` at a stand-in for the Kubernetes API, with an agent for each node of a made-up cluster."""

import os
import tempfile

from harness.calico_cluster import CalicoCluster
from harness.cluster_objects import ObjectFiles
from harness.kube_records import KubeRecords
from harness.kube_stand_in import KubeStandIn
from harness.program import IpamServer
from harness.workload_agents import WorkloadAgents
from ipam.seed_cases import SETTINGS
from ipam.seed_scenes import build

AGO = 4 * 3600


class ServedCluster:
    """What is begun for a test ends with it."""

    def __init__(self, test):
        objects = ObjectFiles(AGO)
        store = KubeRecords(objects)
        for key, value in SETTINGS.items():
            store.put(key, value)
        self.cluster = CalicoCluster(objects, store, SETTINGS, ago=AGO)
        build(self.cluster)
        self.api = KubeStandIn(objects)
        test.addCleanup(self.api.close)
        agents = WorkloadAgents(self.cluster.workloads)
        test.addCleanup(agents.close)
        folder = test.enterContext(tempfile.TemporaryDirectory())
        kubeconfig = os.path.join(folder, "config")
        with open(kubeconfig, "w") as file:
            file.write(self.api.kubeconfig())
        addresses = ",".join(map(agents.address_of, self.cluster.kernels))
        self.server = test.enterContext(IpamServer("--kubeconfig", kubeconfig, "--agents", addresses, "--interval=5s"))
