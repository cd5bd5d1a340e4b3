# SPDX-License-Identifier: Apache-2.0
"""The outage after an upgrade where Calico has its records in an etcd of its own, and who runs, the Kubernetes API
says."""

from ipam.cluster_truth import records
from ipam.seed_cases import BLOCKS, N3, SeedCases


def calicos_node(name):
    metadata = {"name": name, "creationTimestamp": "2026-01-31T12:00:00Z"}
    return {"kind": "Node", "apiVersion": "projectcalico.org/v3", "metadata": metadata, "spec": {}, "status": {}}


class EtcdCases(SeedCases):
    """To be mixed into a TestCase, as SeedCases."""

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
