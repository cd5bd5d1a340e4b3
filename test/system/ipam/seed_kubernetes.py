# SPDX-License-Identifier: Apache-2.0
"""The outage after an upgrade where Calico has its records in the Kubernetes API: by what that lists, and recordings of
the nodes' kernels."""

import json

from harness.cluster_objects import NODES, PODS
from ipam.cluster_truth import records
from ipam.seed_cases import BLOCKS, N3, SeedCases


class KubernetesCases(SeedCases):
    """To be mixed into a TestCase that makes `cluster` and `store`, a KubeRecords, too."""

    def files(self):
        lists = {"pods": self.cluster.api.list(PODS), "nodes": self.cluster.api.list(NODES), **self.store.lists()}
        return {f"{plural}.json": json.dumps(answer) for plural, answer in lists.items()}

    def test_a_node_removed_with_its_pods_records_left(self):
        before = records(self.cluster)
        found, answer = self.make("node_removed")
        self.assertEqual(found, {("ipam_affinity_of_gone_node", "node n3")})
        leaked = [row for row in answer["findings"] if row["check"] == "ipam_address_leaked"]
        self.assertEqual({row["cause"]["subject"] for row in leaked}, {"node n3"})
        self.release(answer, [f"{N3}.{last}" for last in range(3)])
        self.assertEqual(records(self.cluster), {a: o for a, o in before.items() if not a.startswith(N3)})
        self.assert_says("See that calico-kube-controllers runs")
        self.cluster.ipam.release_affinity("n3", BLOCKS["n3"])
        self.assert_ended()
