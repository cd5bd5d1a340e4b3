#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`caliwatch cluster` on a mesh and with VXLAN: what no node sees alone, agents and nodes that are gone, restarts."""

import contextlib
import json
import re
import urllib.error
import urllib.request

from calicolab.waiting import eventually
from cluster.cluster_lab import COMMAND, FOUND_WITHIN, OnALab, OnVxlan
from harness.main import run_tests
from harness.program import CALIWATCH
from harness.report_schema import misfits, validator

HOLD = 9  # seconds


class Mesh(OnALab):
    options = {"bird": "2.0.12", "hold_time": HOLD}  # the first version that tells its own AS number

    def test_each_fault_is_found_by_its_name_and_gone_when_healed(self):
        self.healthy()
        for fault, arguments, check, subject, words in (
            ("stop-bird", ("node3",), "cluster_node_called_dead", "node3 ipv4", "3 of 3 nodes have no session with it"),
            ("wrong-as", ("node2",), "cluster_ends_disagree", None, "which speaks as AS 64777"),
            (
                "same-router-id",
                ("node2", "node1"),
                "cluster_router_id_twice",
                "10.39.1.11 ipv4 and ipv6",
                "node1 and node2",
            ),
            ("old-configuration", ("node1", "node2"), "cluster_session_at_one_end", "node2 to node1 ipv4", "no peer"),
        ):
            with self.subTest(fault):
                self.lab.fault(fault, *arguments)
                try:
                    self.told(check, subject, words)
                finally:
                    self.lab.heal()
                self.healthy()

    def told(self, check, subject, words):
        rows = lambda: [row for row in self.looker.look()["findings"] if row["check"] == check and row["sure"]]
        self.assertTrue(eventually(rows, FOUND_WITHIN), self.looker.last)
        row = self.looker.last["findings"][0] if subject is None else self.looker.row(check)
        self.assertIn(words, json.dumps(self.looker.last["findings"]))
        self.assertEqual(self.looker.code, 1)
        if subject:
            self.assertEqual(row["subject"], subject)
        if check == "cluster_node_called_dead":
            self.assertEqual(row["explained_nodes"], 3)
            own = {found["check"] for found in self.looker.last["nodes_findings"]}
            self.assertNotIn("bgp_peer_down", own)

    def test_a_node_without_power_and_one_without_an_agent(self):
        self.healthy()
        self.lab.kill_agent("node4")
        self.assertTrue(eventually(lambda: ("cluster_agent_silent", "10.39.1.14") in self.looker.sure(), FOUND_WITHIN))
        self.assertEqual(self.looker.last["nodes"][0]["node"], "10.39.1.14:10179")
        if not self.looker.last["nodes_findings"]:
            self.assertEqual((self.looker.last["outcome"], self.looker.code), ("cannot_judge", 2))
        self.lab.start_agent("node4")
        self.healthy()
        self.lab.fault("kill-node", "node4")
        try:
            self.assertTrue(
                eventually(lambda: ("cluster_node_dead", "10.39.1.14") in self.looker.sure(), FOUND_WITHIN),
                self.looker.last,
            )
        finally:
            self.lab.heal()

    def test_restarts_of_bird_and_pods_that_come_and_go_are_nothing_to_find(self):
        self.healthy()
        for node in ("node1", "node2", "node3", "node4"):
            self.lab.restart_bird(node)
            pod = self.lab.add_pod(node)["name"]
            self.assertEqual(self.looker.sure(), set(), self.looker.last)
            self.lab.delete_pod(node, pod)
        self.healthy()

    def test_each_agent_shows_the_cluster_to_whoever_asks_and_asks_nobody_else_meanwhile(self):
        self.healthy()
        self.lab.fault("stop-bird", "node3")
        try:
            for node in ("node1", "node3"):
                told = lambda: [row for row in self.shown(node)["findings"] if row["sure"]]
                self.assertTrue(eventually(told, FOUND_WITHIN), node)
                (row,) = told()
                self.assertEqual((row["check"], row["subject"]), ("cluster_node_called_dead", "node3 ipv4"))
                self.assertEqual(row["explained_nodes"], 3)
            with urllib.request.urlopen(self.lab.agent_url("node4") + "cluster", timeout=10) as answer:
                self.assertIn("Looking", answer.read().decode())
        finally:
            self.lab.heal()
        well = lambda: self.shown("node1")["findings"] == []
        self.assertTrue(eventually(well, FOUND_WITHIN), self.shown("node1"))
        self.assertEqual(misfits(self.shown("node1"), validator("cluster")), [])

    def shown(self, node):
        """What the node's agent shows of the cluster, as soon as there has been a look."""
        url = self.lab.agent_url(node) + "api/v1/cluster"

        def look():
            try:
                with urllib.request.urlopen(url, timeout=10) as answer:
                    return json.loads(answer.read())
            except urllib.error.HTTPError as error:
                self.assertEqual(error.code, 503)

        eventually(look, 30)
        return look()

    def test_what_is_served_and_printed_fits_the_schemas(self):
        with urllib.request.urlopen(self.lab.agent_url("node1") + "api/v1/node", timeout=10) as answer:
            self.assertEqual(misfits(json.loads(answer.read()), validator("node")), [])
        self.assertEqual(misfits(self.looker.look(), validator("cluster")), [])

    def test_agents_may_be_named_and_one_that_is_none_is_said(self):
        named = self.looker.look("--cluster.nodes", "10.39.1.11,10.39.1.12:10179,10.39.1.13:4")
        agents = {row["agent"]: row["error"] for row in named["nodes"]}
        self.assertEqual(set(agents), {"10.39.1.11:10179", "10.39.1.12:10179", "10.39.1.13:4"})
        self.assertIn("nobody listens", agents["10.39.1.13:4"])
        for wrong in ("nodes", "http://10.39.1.11", ""):
            done = self.lab.node("node1").run([*COMMAND, f"--cluster.nodes={wrong or ','}"], check=False)
            self.assertEqual(done.returncode, 64, done.stderr)

    def test_a_line_a_node_for_people(self):
        done = self.lab.node("node1").run([CALIWATCH, "cluster"], timeout=60, check=False)
        lines = [line for line in done.stdout.splitlines() if re.match(r"  node\d ", line)]
        self.assertEqual(len(lines), 4, done.stdout)


class Vxlan(OnVxlan):
    def test_pods_of_two_nodes_with_one_address_are_found(self):
        self.healthy()
        (first,) = [row for row in self.lab.status()["nodes"] if row["name"] == "node1"]
        address = first["pods"][0]["ipv4"]
        interface = re.search(r"dev (cali\w+)", self.on("node2", "ip", "route"))[1]
        self.on("node2", "ip", "route", "add", address, "dev", interface)
        row = self.found("cluster_address_twice", address)
        self.assertEqual(row["nodes"], ["node1", "node2"])
        self.assertIn("whose block 192.168.11.0/26 has it", row["detail"])
        self.on("node2", "ip", "route", "del", address, "dev", interface)
        self.healthy()

    def test_one_pod_that_looks_all_the_time_has_it_as_metrics_and_as_a_page(self):
        """Its records are another matter: the etcd that it names is not there."""
        self.healthy()
        command = [
            "env",
            "ETCD_ENDPOINTS=http://127.0.0.1:9",
            CALIWATCH,
            "ipam",
            "--serve",
            "--etcd",
            "--listen=:10181",
        ]
        nodes = "--cluster.nodes=10.39.1.11,10.39.1.12,10.39.1.13,10.39.1.14"
        with contextlib.closing(self.lab.node("node1").start([*command, nodes])):
            twice = 'caliwatch_cluster_findings{check="cluster_block_twice"}'
            self.assertTrue(eventually(lambda: f"{twice} 0\n" in self.served("metrics"), 60), self.served("metrics"))
            self.assertIn('caliwatch_cluster_agents{state="answered"} 4\n', self.served("metrics"))
            self.assertNotIn("caliwatch_cluster_finding{", self.served("metrics"))
            route = ["blackhole", "192.168.11.0/26", "proto", "80", "metric", "5"]
            self.on("node2", "ip", "route", "add", *route)
            self.assertTrue(eventually(lambda: f"{twice} 1\n" in self.served("metrics"), FOUND_WITHIN))
            named = 'caliwatch_cluster_finding{check="cluster_block_twice",subject="192.168.11.0/26"} 1\n'
            self.assertIn(named, self.served("metrics"))
            self.assertIn("Two nodes hold one block", self.served("cluster"))
            self.assertEqual(misfits(json.loads(self.served("api/v1/cluster")), validator("cluster")), [])
            self.on("node2", "ip", "route", "del", *route)
            self.assertTrue(eventually(lambda: f"{twice} 0\n" in self.served("metrics"), FOUND_WITHIN))
        self.healthy()

    def served(self, path):
        """What the pod on node1 serves, or nothing while it does not."""
        asked = ["curl", "--silent", "--max-time", "5", f"http://127.0.0.1:10181/{path}"]
        return self.lab.node("node1").run(asked, check=False).stdout


class Moved(OnALab):
    """A machine that gets another address, of which neither calico-node nor BIRD has heard."""

    options = {"bird": "2.0.12", "hold_time": HOLD}

    def test_an_address_that_no_node_has_any_more_is_found_with_the_node_that_is_meant(self):
        self.healthy()
        everybody = "10.39.1.11,10.39.1.12,10.39.1.33,10.39.1.14"  # as a headless Service gives them
        self.move("10.39.1.13", "10.39.1.33")
        wanted = ("cluster_node_address_unknown", "node3 at 10.39.1.13")
        found = eventually(lambda: wanted in self.looker.sure("--cluster.nodes", everybody), FOUND_WITHIN)
        self.assertTrue(found, self.looker.last)
        row = self.looker.row(wanted[0])
        self.assertEqual(row["nodes"], ["node3"])
        self.assertIn("node1, node2 and node4 look for a node at 10.39.1.13, which no node has", row["detail"])
        self.assertEqual(self.looker.sure("--cluster.nodes", everybody), {wanted})
        self.move("10.39.1.33", "10.39.1.13")
        self.lab.wait_for_bgp(timeout=60)
        self.healthy()

    def move(self, old, new):
        """The new one first, and it stays: with its last address, an interface loses its routes."""
        node = self.lab.node("node3")
        node.run(["sysctl", "-qw", "net.ipv4.conf.eth0.promote_secondaries=1"])
        node.run(["ip", "address", "add", f"{new}/24", "dev", "eth0"])
        node.run(["ip", "address", "del", f"{old}/24", "dev", "eth0"])


if __name__ == "__main__":
    run_tests(CALIWATCH)
