#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The lab's faults break what they say, no more, and heal."""

import json
import unittest

from calicolab import Lab, LabError
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.witness import echoes, routes, sessions


class ABrokenLab(unittest.TestCase):
    """A short hold time, so that silence is noticed soon."""

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(nodes=3, pods=1, hold_time=4)
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()

    def tearDown(self):
        self.lab.heal()
        self.lab.wait_for_bgp(timeout=40)

    def test_a_cut_drops_one_direction_only(self):
        self.lab.fault("cut", "node2", "node1")
        before_1, before_2 = echoes(self.lab, "node1"), echoes(self.lab, "node2")
        self.assertFalse(self.lab.node("node1").ping("10.39.1.12", timeout=0.3))
        self.assertFalse(self.lab.node("node2").ping("10.39.1.11", timeout=0.3))
        self.assertEqual(echoes(self.lab, "node2"), (before_2[0] + 1, before_2[1]))  # node1's request arrived
        self.assertEqual(echoes(self.lab, "node1"), before_1)  # node2's request and reply did not
        self.assertTrue(self.lab.node("node3").ping("10.39.1.11"))  # others are not cut
        self.lab.heal("cut")
        self.assertTrue(self.lab.node("node1").ping("10.39.1.12"))

    def test_a_cut_ends_the_session_by_the_hold_timer(self):
        self.lab.fault("cut", "node2", "node1")
        self.assertTrue(eventually(lambda: "Hold timer expired" in sessions(self.lab, "node1")["Mesh_10_39_1_12"][1]))

    def test_a_node_without_power_is_silent_and_comes_back_empty(self):
        self.lab.fault("kill-node", "node3")
        self.assertFalse(self.lab.node("node1").ping("10.39.1.13", timeout=0.3))
        self.assertEqual(sessions(self.lab, "node1")["Mesh_10_39_1_13"], ("up", "Established"))  # it said no farewell
        self.assertTrue(eventually(lambda: "192.168.13.0/26" not in routes(self.lab, "node1")))
        with self.lab.node("node3").start(["ip", "monitor", "route"]) as witness:
            self.assertTrue(eventually(lambda: self.makes_a_route("node3") or witness.out))  # it listens
            self.lab.heal("kill-node")
            self.lab.wait_for_bgp(timeout=40)
            self.assertIn("Deleted 192.168.11.0/26 via 10.39.1.11", witness.out)
        self.assertTrue(self.lab.pod("default/node1-pod1").ping("192.168.13.1"))

    def makes_a_route(self, node):
        self.lab.node(node).run(["ip", "route", "replace", "blackhole", "192.0.2.0/24"])

    def test_a_stopped_bird_answers_nobody(self):
        self.lab.fault("stop-bird", "node1")
        with self.assertRaises(LabError):
            self.lab.node("node1").run(["birdc", "show", "status"], timeout=1)
        self.lab.heal("stop-bird")
        self.assertIn("up and running", self.lab.node("node1").run(["birdc", "show", "status"]).stdout)

    def test_a_killed_bird_leaves_a_socket_that_refuses(self):
        self.lab.fault("kill-bird", "node2")
        answer = self.lab.node("node2").run(["birdc", "show", "status"], check=False)
        self.assertIn("Connection refused", answer.stdout + answer.stderr)

    def test_a_restart_needs_no_healing(self):
        self.lab.fault("restart-bird", "node2")
        self.assertEqual(self.lab.heal(), [])

    def test_a_duplicate_ip_has_neighbors_on_two_interfaces(self):
        self.lab.fault("duplicate-ip", "node1")
        for flag, address in (("-4", "192.168.11.1"), ("-6", "fd10::11:1")):
            rows = json.loads(self.lab.node("node1").run(["ip", "-json", flag, "neigh", "show", address]).stdout)
            self.assertEqual(len({row["dev"] for row in rows if "lladdr" in row}), 2, rows)
        self.lab.heal("duplicate-ip")
        self.assertEqual(routes(self.lab, "node1", protocol="boot")["192.168.11.1"], "cali20a2ad68006")
        self.assertTrue(self.lab.pod("default/node2-pod1").ping("192.168.11.1"))

    def test_a_removed_address_is_on_no_interface_while_bird_keeps_it(self):
        self.lab.fault("remove-address", "node2")
        addresses = self.lab.node("node2").run(["ip", "-brief", "address", "show", "eth0"]).stdout
        self.assertNotIn("10.39.1.12/", addresses)
        self.assertNotIn("fd39:1::12/", addresses)
        self.assertIn("Router ID is 10.39.1.12", self.lab.node("node2").run(["birdc", "show", "status"]).stdout)

    def test_a_fault_in_force_is_listed_and_cannot_come_twice(self):
        self.lab.fault("cut", "node2", "node3")
        self.assertEqual(self.lab.status()["faults"], ["cut node2 node3"])
        with self.assertRaisesRegex(LabError, "in force already"):
            self.lab.fault("cut", "node2", "node3")

    def test_a_wrong_name_is_answered_with_the_right_ones(self):
        with self.assertRaisesRegex(LabError, "there is no fault 'cat'; there are: .*cut"):
            self.lab.fault("cat")
        with self.assertRaisesRegex(LabError, "there is no node 'node7'; there are: node1, node2, node3"):
            self.lab.fault("cut", "node7", "node1")
        with self.assertRaisesRegex(LabError, r"usage: fault cut \[source=node2\] \[target=node1\]"):
            self.lab.fault("cut", "a", "b", "c")


if __name__ == "__main__":
    run_tests()
