#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`caliwatch cluster` on a lab whose nodes have an agent each: what no node sees alone, with real BIRDs and kernels."""

import json
import re
import signal
import subprocess
import unittest
import urllib.request

from calicolab import Lab
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.program import CALIWATCH, Agent
from harness.report_schema import misfits, validator
from harness.waiting import ready
from harness.watch import PASSED_OVER

AGENT_ARGS = ("--poll.interval=1s",)
HOLD = 9  # seconds
FOUND_WITHIN = 120  # seconds, of which a session must have been down for 30
COMMAND = [CALIWATCH, "cluster", "--output", "json"]


class Looker:
    """Looks at the cluster from one of its nodes."""

    def __init__(self, lab, where="node1"):
        self._lab, self._where = lab, where
        self.last, self.code = None, None

    def look(self, *flags):
        done = self._lab.node(self._where).run([*COMMAND, *flags], timeout=60, check=False)
        self.code = done.returncode
        self.last = json.loads(done.stdout)
        return self.last

    def sure(self):
        """(check, subject) of what counts at a new look."""
        found = self.look()["findings"]
        return {(row["check"], row["subject"]) for row in found if row["sure"] and not row["caused"]}

    def row(self, check):
        rows = [row for row in self.last["findings"] if row["check"] == check]
        if len(rows) != 1:
            raise AssertionError(f"{check} is not found once: {rows}")
        return rows[0]


class OnALab(unittest.TestCase):
    options = {}

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(nodes=4, pods=1, families=("ipv4",), agent=CALIWATCH, agent_args=AGENT_ARGS, **cls.options)
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()
        ready(cls.lab)
        cls.looker = Looker(cls.lab)

    def healthy(self):
        """Nothing is found, but for what tells of a fault that is over, or of other labs on this machine. On a busy one,
        Felix' stand-in may answer too late for a poll."""

        def is_healthy():
            look = self.looker.look()
            own = {row["check"] for row in look["nodes_findings"] if row["severity"] != "info"}
            told = ("findings", 1) if own else ("clean", 0)
            fine = look["findings"] == [] and own <= PASSED_OVER | {"peer_flapping"}
            return fine and (look["outcome"], self.looker.code) == told and look["asked"] == look["answered"] == 4

        self.assertTrue(eventually(is_healthy, FOUND_WITHIN), self.looker.last)

    def found(self, check, subject):
        """The row of what is found; nothing else of the cluster is."""
        wanted = {(check, subject)}
        if not eventually(lambda: self.looker.sure() == wanted, FOUND_WITHIN):
            self.assertEqual(self.looker.sure(), wanted)
        self.assertIn(self.looker.code, (1, 2))
        return self.looker.row(check)


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


class Vxlan(OnALab):
    options = {"encap": "vxlan"}

    def on(self, node, *command):
        return self.lab.node(node).run([*command]).stdout

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


class Watching(unittest.TestCase):
    def test_it_looks_again_and_again_until_it_is_told_to_end(self):
        with Agent("--poll.interval", "200ms") as agent:
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
