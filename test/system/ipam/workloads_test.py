#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The addresses that a real agent serves at /api/v1/workloads, beside those that tests of IPAM let stand-ins serve."""

import ipaddress
import json
import unittest
import urllib.request

from calicolab import Lab
from calicolab.waiting import eventually
from harness.calico_cluster import CalicoCluster, Running
from harness.cluster_objects import ObjectFiles
from harness.etcd_records import DumpedRecords
from harness.main import run_tests
from harness.program import CALIWATCH
from harness.waiting import ready
from harness.watch import AGENT_ARGS

NODE = "node1"


def block_of(address):
    """The block of Calico's default size that has it."""
    return str(ipaddress.ip_interface(f"{address}/26").network)


class ARealAgent(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(nodes=2, pods=2, families=("ipv4",), agent=CALIWATCH, agent_args=AGENT_ARGS)
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()
        ready(cls.lab)
        (node,) = [row for row in cls.lab.status()["nodes"] if row["name"] == NODE]
        cls.pods = {pod["name"]: pod["ipv4"] for pod in node["pods"]}

    def asked(self):
        with urllib.request.urlopen(self.lab.agent_url(NODE) + "api/v1/workloads", timeout=10) as answer:
            return json.loads(answer.read())

    def stand_in(self):
        """The same node, made up."""
        cluster = CalicoCluster(ObjectFiles(), DumpedRecords())
        cluster.add_node(NODE, "10.0.0.1", block_of(next(iter(self.pods.values()))))
        for name, address in self.pods.items():
            cluster.plug(name, Running(NODE, "0", "0", address))
        return cluster.workloads(NODE)

    def test_says_what_the_stand_ins_say(self):
        pods = lambda answer: {(row["address"], row["interface"], row["pod"]) for row in answer["workloads"]}
        told = lambda answer: (pods(answer), answer["blocks"])
        wanted = self.stand_in()
        self.assertEqual(len(pods(wanted)), 2)
        if not eventually(lambda: told(self.asked()) == told(wanted)):
            self.assertEqual(self.asked(), wanted)
        real = self.asked()
        self.assertEqual(real.keys(), wanted.keys())
        changing = ("unchanged_seconds", "has_neighbor")
        steady = lambda row: {key: value for key, value in row.items() if key not in changing}
        self.assertEqual([*map(steady, real["workloads"])], [*map(steady, wanted["workloads"])])
        self.assertEqual(real["workloads"][0].keys(), wanted["workloads"][0].keys())
        self.assertEqual(real["own_addresses"][0].keys(), wanted["own_addresses"][0].keys())
        self.assertEqual(real["sources"], wanted["sources"])


if __name__ == "__main__":
    run_tests(CALIWATCH)
