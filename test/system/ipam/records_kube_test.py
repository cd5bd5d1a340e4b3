#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the harness writes into a real Kubernetes API server is there as Calico and kubelet would have it."""

import unittest

from harness.calico_cluster import CalicoCluster
from harness.calico_objects import COLLECTIONS
from harness.cluster_objects import NODES, PODS
from harness.kube import KubeError
from harness.main import run_tests
from ipam.real_records import REAL, WithRealRecords


class ARealApiServer(WithRealRecords, unittest.TestCase):
    def test_keeps_calicos_records_as_they_are(self):
        for key, value in REAL.items():  # a block that gave an address away once is no longer as it was
            self.store.put(key, value)
        blocks = self.kube.list(COLLECTIONS["ipamblocks"])["items"]
        written = [value for key, value in REAL.items() if "/assignment/" in key]
        by_cidr = lambda block: block["cidr"]
        self.assertEqual(sorted((b["spec"] for b in blocks), key=by_cidr), sorted(written, key=by_cidr))
        self.assertEqual({b["kind"] for b in blocks}, {"IPAMBlock"})
        self.assertEqual(len(self.kube.list(COLLECTIONS["ipamhandles"])["items"]), 9)
        self.assertEqual(len(self.kube.list(COLLECTIONS["blockaffinities"])["items"]), 3)
        self.assertEqual(len(self.kube.list(COLLECTIONS["ippools"])["items"]), 1)

    def test_takes_a_record_away(self):
        handle = "/calico/ipam/v2/handle/k8s-pod-network.gone"
        self.store.put(handle, {"block": {"10.48.40.128/26": 1}, "deleted": False})
        path = f"{COLLECTIONS['ipamhandles']}/k8s-pod-network.gone"
        self.assertIsNotNone(self.kube.get(path))
        self.store.delete(handle)
        self.assertIsNone(self.kube.get(path))

    def test_has_pods_that_come_linger_and_go(self):
        cluster = CalicoCluster(self.kube, self.store, REAL)
        cluster.add_node("n1", "10.9.0.11")
        address = cluster.start_pod("default/web", "n1")
        self.assertEqual(self.pod("default/web")["status"]["podIPs"], [{"ip": address}])
        self.assertIn(address, [row["address"] for row in cluster.workloads("n1")["workloads"]])
        cluster.ask_to_stop("default/web", grace_seconds=30)
        self.assertIn("deletionTimestamp", self.pod("default/web")["metadata"])
        cluster.delete_object("default/web")
        self.assertIsNone(self.pod("default/web"))
        cluster.ipam.release_handle(cluster.unplug("default/web").handle)
        self.assertEqual([node["metadata"]["name"] for node in self.kube.list(NODES)["items"]], ["n1"])

    def pod(self, name):
        pods = {f"{p['metadata']['namespace']}/{p['metadata']['name']}": p for p in self.kube.list(PODS)["items"]}
        return pods.get(name)

    def test_believes_a_token_and_a_client_certificate_and_nobody_else(self):
        with self.assertRaises(KubeError) as refused:
            self.kube.request("GET", PODS, token="wrong")
        self.assertEqual(refused.exception.code, 401)
        certificate, key = self.kube.client_certificate("operator", "system:masters")
        answer = self.kube.request("GET", PODS, certificate=(certificate, key))
        self.assertEqual(answer["kind"], "PodList")


if __name__ == "__main__":
    run_tests(lab=False)
