#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`caliwatch cluster` on a lab with VXLAN whose nodes have an agent each, and as it goes on looking."""

import contextlib
import json
import signal
import subprocess
import unittest

from calicolab.waiting import eventually
from cluster.cluster_lab import COMMAND, OnVxlan
from harness.main import run_tests
from harness.program import CALIWATCH, Agent
from harness.report_schema import misfits, validator


class Vxlan(OnVxlan):
    def vxlan_of(self, node):
        (device,) = json.loads(self.on(node, "ip", "-json", "address", "show", "dev", "vxlan.calico"))
        (address,) = [row["local"] for row in device["addr_info"] if row["family"] == "inet"]
        return device["address"], address

    def test_a_wrong_tunnel_end_is_found_with_both_nodes(self):
        self.healthy()
        mac, address = self.vxlan_of("node3")
        change = lambda end: self.on("node1", "bridge", "fdb", "replace", mac, "dev", "vxlan.calico", "dst", end)
        change("10.39.1.12")
        row = self.found("cluster_tunnel_end_wrong", f"{address} at 10.39.1.12")
        self.assertEqual(row["nodes"], ["node1", "node3", "node2"])
        self.assertIn("but node3 (10.39.1.13) has that tunnel address", row["detail"])
        change("10.39.1.13")
        self.healthy()

    def test_a_block_of_two_nodes_is_found(self):
        self.healthy()
        self.on("node2", "ip", "route", "add", "blackhole", "192.168.11.0/26", "proto", "80", "metric", "5")
        row = self.found("cluster_block_twice", "192.168.11.0/26")
        self.assertEqual(row["nodes"], ["node1", "node2"])
        self.on("node2", "ip", "route", "del", "blackhole", "192.168.11.0/26", "proto", "80", "metric", "5")
        self.healthy()


class Page(unittest.TestCase):
    def test_an_agent_that_is_told_of_others_shows_all_of_them_and_another_one_what_to_set(self):
        with contextlib.ExitStack() as stack:
            other = stack.enter_context(Agent("--poll.interval", "200ms"))
            nodes = f"--cluster.nodes=dns:localhost:{other.port},127.0.0.1:1"
            agent = stack.enter_context(Agent("--poll.interval", "200ms", nodes))
            self.assertTrue(eventually(lambda: agent.ask("/api/v1/cluster")[0] == 200, 20))
            told = json.loads(agent.ask("/api/v1/cluster")[2])
            self.assertEqual(misfits(told, validator("cluster")), [])
            self.assertIsNone({row["agent"]: row["error"] for row in told["nodes"]}[f"127.0.0.1:{other.port}"])
            self.assertEqual((told["asked"], told["answered"]), (2, 1))
            page = agent.ask("/cluster")[2].decode()
            self.assertIn("1 of 2 agents answered", page)
            self.assertIn('<tr class="bad"><th scope="row">127.0.0.1:1</th>', page)
            self.assertIn('<a href="cluster">', agent.ask("/")[2].decode())
            self.assertNotIn('<a href="cluster">', other.ask("/")[2].decode())
            for path in ("/cluster", "/api/v1/cluster"):
                status, _, told = other.ask(path)
                self.assertEqual(status, 404)
                self.assertIn("--cluster.nodes=dns:", told.decode())


class Watching(unittest.TestCase):
    def test_it_looks_again_and_again_until_it_is_told_to_end(self):
        with Agent("--poll.interval", "200ms") as agent:
            self.assertTrue(eventually(lambda: agent.ask("/-/ready")[0] == 200))
            command = [*COMMAND, "--watch", "--cluster.nodes", f"127.0.0.1:{agent.port}"]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watch:
                looks = [self.read_look(watch.stdout) for _ in range(2)]
                watch.send_signal(signal.SIGINT)
                code = watch.wait(20)
        self.assertLess(looks[0]["seen_at"], looks[1]["seen_at"])
        self.assertEqual([look["answered"] for look in looks], [1, 1])
        self.assertEqual(code, ["clean", "findings", "cannot_judge", "unsure"].index(looks[1]["outcome"]))

    @staticmethod
    def read_look(stream):
        text = ""
        while not text.endswith("\n}\n") and (line := stream.readline()):
            text += line
        return json.loads(text)


if __name__ == "__main__":
    run_tests(CALIWATCH)
