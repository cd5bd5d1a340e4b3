#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What caliwatch ipam reads of a real Kubernetes API server, as whom, and what it says where it may not."""

import json
import unittest

from harness.calico_cluster import CalicoCluster
from harness.kube import ADMIN
from harness.main import run_tests
from harness.program import CALIWATCH, caliwatch, without_cluster
from ipam.real_records import REAL, WithRealRecords

# A page has 500 objects.
MANY = 600


class LiveTest(WithRealRecords, unittest.TestCase):
    """Records of three nodes and nine pods that are gone, and a node with pods that has come."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cluster = CalicoCluster(cls.kube, cls.store, REAL)
        cluster.add_node("n4", "10.9.0.14", "10.48.4.0/26")
        cls.living = {cluster.start_pod(f"default/web-{i}", "n4") for i in range(3)}

    def look(self, *arguments, **user):
        """`ipam` as this user, beside no other cluster's settings."""
        return caliwatch("ipam", "--kubeconfig", self.kube.kubeconfig(**user), *arguments, env=without_cluster())

    def test_by_a_token_what_is_left_of_nodes_that_are_gone_is_named_and_the_living_keep_what_they_have(self):
        done = self.look(token=ADMIN)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("calicoctl ipam release --ip=10.48.40.128\n", done.stdout)
        self.assertIn("Safe to release: 9 addresses", done.stdout)
        for address in self.living:
            self.assertNotIn(f"--ip={address}\n", done.stdout)

    def test_by_a_client_certificate_all_there_is_is_read_page_after_page(self):
        for i in range(MANY):
            self.store.put(f"/calico/ipam/v2/handle/k8s-pod-network.many{i}", {"block": {}, "deleted": False})
        certificate, key = self.kube.client_certificate("operator", "system:masters")
        done = self.look("--output=json", **{"client-certificate": certificate, "client-key": key})
        evidence = {each["kind"]: each for each in json.loads(done.stdout)["evidence"]}
        self.assertEqual({kind for kind, each in evidence.items() if each["error"]}, set())
        self.assertEqual(evidence["handles"]["rows"], 9 + len(self.living) + MANY)
        self.assertEqual(evidence["blocks"]["rows"], 4)
        self.assertEqual(evidence["pods"]["rows"], len(self.living))

    def test_who_may_not_read_is_told_so_in_one_line_and_nothing_is_called_leaked(self):
        certificate, key = self.kube.client_certificate("reader", "nobody")
        done = self.look(**{"client-certificate": certificate, "client-key": key})
        self.assertEqual(done.returncode, 2)
        self.assertIn("answered 403", done.stderr)
        self.assertEqual(done.stderr.count("Kubernetes API"), 1)
        self.assertNotIn("release", done.stdout)

    def test_a_token_that_is_not_believed_is_not_shown(self):
        done = self.look(token="secret-of-somebody")
        self.assertEqual(done.returncode, 2)
        self.assertIn("answered 401", done.stderr)
        self.assertNotIn("secret-of-somebody", done.stdout + done.stderr)


if __name__ == "__main__":
    run_tests(CALIWATCH, lab=False)
