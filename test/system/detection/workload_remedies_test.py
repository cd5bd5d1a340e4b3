#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What findings about pods say to do, done as printed, ends them."""

import json
import re
import unittest

from calicolab import Lab, addressing
from calicolab.waiting import eventually
from harness.lab_state import NODE, POD, VETH_1
from harness.main import run_tests
from harness.program import CALIWATCH
from harness.waiting import ready
from harness.watch import AGENT_ARGS, Watch

FOUR, SIX = "192.168.11.1", "fd10::11:1"  # of the first pod
NODE_ADDRESS = "10.39.1.11"
HELD = 60  # seconds; some checks wait for 30


class Remedies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(nodes=2, pods=2, encap="vxlan", agent=CALIWATCH, agent_args=AGENT_ARGS)
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()
        ready(cls.lab)
        cls.watch = Watch(cls.lab)
        cls.addClassCleanup(cls.watch.close)
        cls.watch.rest(polls=2)

    def setUp(self):
        self.addCleanup(self.lab.heal)
        self.assertTrue(eventually(lambda: not self.watch.now, 20), self.watch.now)

    def remedy(self, fault, check, subject, *arguments):
        """What `caliwatch check` says to do about it, once the agent has found it."""
        self.lab.fault(fault, NODE, *arguments)
        self.assertTrue(eventually(lambda: (NODE, check, subject) in self.watch.now, HELD), self.watch.now)
        argv = ["caliwatch", "explain", check]
        general = self.lab.node(NODE).run(argv).stdout
        rows = json.loads(
            self.lab.node(NODE).run(["caliwatch", "check", "--check.pods", "--output", "json"], check=False).stdout
        )["findings"]
        return next((row["remedy"] for row in rows if (row["check"], row["subject"]) == (check, subject)), general)

    def done(self, command, where=NODE):
        """Runs what was printed, but for how to get into a pod's namespace, which a lab has another way to."""
        self.lab.node(where).run(re.sub("^nsenter -t PID -n ", "", command).split())

    def restart_felix(self):
        self.lab.fault("felix-dead", NODE)
        self.lab.heal("felix-dead")

    def assert_cured(self):
        self.assertTrue(eventually(lambda: not self.watch.now, 15), self.watch.now)
        for address in (FOUR, SIX):
            self.assertTrue(eventually(lambda: self.lab.node(NODE).ping(address), 10), address)

    def assert_gone(self, check, subject):
        self.assertTrue(eventually(lambda: (NODE, check, subject) not in self.watch.now, 15), self.watch.now)

    def test_an_interface_is_switched_on(self):
        remedy = self.remedy("interface-down", "workload_interface_down", VETH_1)
        self.done(remedy.partition(":")[0])
        self.assert_cured()

    def test_the_pods_end_is_switched_on(self):
        remedy = self.remedy("carrier-lost", "workload_interface_down", VETH_1)
        commands = re.findall(r"nsenter -t PID -n ip (?:link set eth0 up|route add [^,]*?(?=,|\.$))", remedy)
        self.assertEqual(len(commands), 3, remedy)
        for command in commands:
            self.done(command, POD)
        self.assert_gone("workload_interface_down", VETH_1)
        self.assertTrue(eventually(lambda: self.lab.node(NODE).ping(FOUR), 10))

    def test_routes_are_added(self):
        remedy = self.remedy("delete-route", "workload_route_missing", FOUR)
        command = re.match(r"ip route add \S+ dev \S+ scope link", remedy).group()
        self.done(command)
        self.done(command.replace(FOUR, SIX))
        self.assert_cured()

    def test_all_routes_come_back_with_felix(self):
        remedy = self.remedy("flush-pod-routes", "workload_routes_all_missing", "workloads ipv4")
        self.assertIn("Restart calico-node here", remedy)
        self.restart_felix()
        self.assert_cured()

    def test_a_foreign_route_is_deleted(self):
        remedy = self.remedy("route-through-pod", "route_through_workload", "203.0.113.0/24")
        self.done(remedy.partition(":")[0])
        self.assert_gone("route_through_workload", "203.0.113.0/24")

    def test_a_pod_answers_once_its_routes_lead_back(self):
        remedy = self.remedy("second-network", "workload_answers_no_arp", FOUR)
        command = re.search(r"nsenter -t PID -n ip route add NODE_ADDRESS [^)]*", remedy).group()
        self.done(command.replace("NODE_ADDRESS", NODE_ADDRESS), POD)
        self.assert_answers()

    def test_a_pod_answers_once_it_may(self):
        remedy = self.remedy("second-network", "workload_answers_no_arp", FOUR)
        self.done(re.search(r"nsenter -t PID -n sysctl -w [^)]*", remedy).group(), POD)
        self.assert_answers()

    def assert_answers(self):
        self.assert_gone("workload_answers_no_arp", FOUR)
        self.assertIn("lladdr", self.lab.node(NODE).run(["ip", "neigh", "show", FOUR]).stdout)

    def test_a_pod_is_programmed_by_a_felix_that_starts(self):
        interface = addressing.veth_name(f"default/{NODE}-unknown")
        self.remedy("pod-not-programmed", "workload_not_programmed", interface)
        self.restart_felix()
        self.assert_gone("workload_not_programmed", interface)
        self.assertTrue(self.lab.node(NODE).ping("192.168.11.3"))

    def test_a_file_goes_with_a_felix_that_starts(self):
        gone = addressing.veth_name(f"default/{NODE}-gone")
        remedy = self.remedy("left-file", "workload_interface_missing", gone)
        self.assertIn("restart calico-node on this node", remedy)
        self.restart_felix()
        self.assert_cured()

    def test_an_interface_goes_with_its_namespace_if_nobody_is_there(self):
        stale = addressing.veth_name(f"gone/{NODE}-pod1")
        remedy = self.remedy("stale-veths", "orphan_workload_interface", stale, "1")
        self.assertIn("ip netns delete NAMESPACE", remedy)
        # What `ip netns delete` does to a file in its own folder; the lab has another one.
        self.lab.node(NODE).run(["sh", "-c", "umount $NETNS_DIR/../cni-*"])
        self.assert_cured()


if __name__ == "__main__":
    run_tests()
