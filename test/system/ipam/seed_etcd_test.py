#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The outage after an upgrade as `caliwatch ipam` sees it when it asks itself: a real etcd with Calico's records, and
stand-ins for the nodes' agents. Who runs, the endpoints say: nobody gives pods here."""

import json
import os
import unittest

from harness.calico_cluster import CalicoCluster
from harness.cluster_objects import ObjectFiles
from harness.etcd import Etcd
from harness.etcd_records import EtcdRecords
from harness.main import run_tests
from harness.program import CALIWATCH, caliwatch
from harness.workload_agents import WorkloadAgents
from ipam.cluster_truth import wrong
from ipam.remedies import Hands
from ipam.seed_cases import N2, N3, SETTINGS
from ipam.seed_scenes import SCENES, build

AGO = 4 * 3600


class ARealEtcd(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        etcd = Etcd()
        self.addCleanup(etcd.close)
        self.environment = etcd.environment()
        store = EtcdRecords(etcd.url)
        for key, value in SETTINGS.items():
            store.put(key, value)
        self.cluster = CalicoCluster(ObjectFiles(AGO), store, SETTINGS, endpoints=True, ago=AGO)
        build(self.cluster)
        for name in self.cluster.kernels:
            store.put(f"/calico/resources/v3/projectcalico.org/nodes/{name}", _calicos_node(name))
        agents = WorkloadAgents(self.cluster.kernels, self.cluster.workloads)
        self.addCleanup(agents.close)
        self.agents = ",".join(agents.addresses)

    def judged(self):
        """{(check, subject)} that count and have no cause among the others; and the whole answer."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("ETCD", "KUBERNETES"))}
        arguments = ["ipam", "--etcd", "--agents", self.agents, "--output=json"]
        done = caliwatch(*arguments, env={**ours, **self.environment}, timeout=150)
        self.assertEqual(done.stderr, "")
        answer = json.loads(done.stdout)
        self.assertEqual([row["rows"] for row in answer["evidence"] if row["kind"] == "reports"], [3])
        sure = [row for row in answer["findings"] if row["sure"]]
        return {(row["check"], row["subject"]) for row in sure if row["cause"] is None}, answer

    def make(self, scene):
        found, answer = self.judged()
        self.assertEqual((found, answer["outcome"]), (set(), "clean"), "of the healthy cluster")
        SCENES[scene](self.cluster)
        return self.judged()

    def assert_ended(self):
        self.assertEqual(wrong(self.cluster), set())
        found, answer = self.judged()
        self.assertEqual((found, answer["outcome"]), (set(), "clean"), answer["findings"])

    def test_records_wiped(self):
        found, answer = self.make("records_wiped")
        lost = {("ipam_running_without_record", f"{block}.{last}") for block in (N2, N3) for last in range(3)}
        twice = {("ipam_address_twice", f"10.48.40.{last}") for last in (128, 129, 130)}
        self.assertEqual(found, lost | twice)
        Hands(self.cluster).carry_out(answer["commands"])
        self.assert_ended()

    def test_a_pod_reborn_elsewhere_of_which_a_record_is_left(self):
        found, answer = self.make("reborn")
        self.assertEqual(found, {("ipam_handle_reborn", "default.db-0")})
        self.assertEqual(answer["safe_to_release"], ["10.48.40.131"])
        self.cluster.ipam.release_address("10.48.40.131")
        self.assert_ended()


def _calicos_node(name):
    metadata = {"name": name, "creationTimestamp": "2026-01-31T12:00:00Z"}
    return {"kind": "Node", "apiVersion": "projectcalico.org/v3", "metadata": metadata, "spec": {}, "status": {}}


if __name__ == "__main__":
    run_tests(CALIWATCH, lab=False)
