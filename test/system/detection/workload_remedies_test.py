#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What findings about pods say to type, typed as printed, ends them."""

import unittest

from calicolab import Lab, addressing
from calicolab.waiting import eventually
from harness.lab_state import NODE, VETH_1, told
from harness.main import run_tests
from harness.program import CALIWATCH
from harness.typed import Typist
from harness.waiting import ready
from harness.watch import AGENT_ARGS, Watch

FOUR, SIX = "192.168.11.1", "fd10::11:1"  # of the first pod
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
        cls.typist = Typist(cls.lab, NODE)
        cls.addClassCleanup(cls.typist.close)

    def setUp(self):
        self.addCleanup(self.lab.heal)
        self.assertTrue(eventually(lambda: not self.watch.now, 20), self.watch.now)

    def lines(self, fault, check, subject, *arguments):
        """What the agent says to type about it, once it has found it; of that, the lines that change something."""
        self.lab.fault(fault, NODE, *arguments)
        self.assertTrue(eventually(lambda: (NODE, check, subject) in self.watch.now, HELD), self.watch.now)
        lines = self.typist.changing([(check, subject)])
        self.assertTrue(lines, (check, subject))
        return lines

    def cure(self, *fault):
        for line in self.lines(*fault):
            self.typist.type(line)

    def assert_cured(self):
        self.assertTrue(eventually(lambda: not self.watch.now, 15), self.watch.now)
        for address in (FOUR, SIX):
            self.assertTrue(eventually(lambda: self.lab.node(NODE).ping(address), 10), address)

    def assert_gone(self, check, subject):
        self.assertTrue(eventually(lambda: (NODE, check, subject) not in self.watch.now, 15), self.watch.now)

    def test_an_interface_is_switched_on(self):
        self.cure("interface-down", "workload_interface_down", VETH_1)
        self.assert_cured()

    def test_the_pods_end_is_switched_on(self):
        self.cure("carrier-lost", "workload_interface_down", VETH_1)
        self.assert_gone("workload_interface_down", VETH_1)
        self.assertTrue(eventually(lambda: self.lab.node(NODE).ping(FOUR), 10))

    def test_routes_are_added(self):
        self.cure("delete-route", "workload_route_missing", FOUR)
        for line in self.typist.changing([("workload_route_missing", SIX)]):
            self.typist.type(line)
        self.assert_cured()

    def test_all_routes_come_back_with_felix(self):
        self.cure("flush-pod-routes", "workload_routes_all_missing", "workloads ipv4")
        self.assert_cured()

    def test_an_address_is_led_back(self):
        self.cure("wrong-veth", "workload_route_wrong_interface", FOUR)
        self.assert_gone("workload_route_wrong_interface", FOUR)
        self.assertTrue(eventually(lambda: self.lab.node(NODE).ping(FOUR), 10))

    def test_a_foreign_route_is_deleted(self):
        self.cure("route-through-pod", "route_through_workload", "203.0.113.0/24")
        self.assert_gone("route_through_workload", "203.0.113.0/24")

    def test_a_pod_answers_once_its_routes_lead_back(self):
        back, _ = self.lines("second-network", "workload_answers_no_arp", FOUR)
        self.typist.type(back)
        self.assert_answers()

    def test_a_pod_answers_once_it_may(self):
        _, filters_off = self.lines("second-network", "workload_answers_no_arp", FOUR)
        self.typist.type(filters_off)
        self.assert_answers()

    def assert_answers(self):
        self.assert_gone("workload_answers_no_arp", FOUR)

        def has_answered():
            self.lab.node(NODE).ping(FOUR)  # the entry goes while nobody sends, and what is asked is asked again
            return "lladdr" in self.lab.node(NODE).run(["ip", "neigh", "show", FOUR]).stdout

        self.assertTrue(eventually(has_answered, 10))

    def test_a_pod_is_programmed_by_a_felix_that_starts(self):
        interface = addressing.veth_name(f"default/{NODE}-unknown")
        self.cure("pod-not-programmed", "workload_not_programmed", interface)
        self.assert_gone("workload_not_programmed", interface)
        self.assertTrue(self.lab.node(NODE).ping("192.168.11.3"))

    def test_a_file_goes_with_a_felix_that_starts(self):
        self.cure("left-file", "workload_interface_missing", addressing.veth_name(f"default/{NODE}-gone"))
        self.assert_cured()

    def test_an_interface_goes_with_its_namespace_if_nobody_is_there(self):
        stale = addressing.veth_name(f"gone/{NODE}-pod1")
        (line,) = self.lines("stale-veths", "orphan_workload_interface", stale, "1")
        # Where a runtime gives namespaces their names, and `ip netns` looks for them; a lab has them elsewhere.
        self.lab.node(NODE).run(["sh", "-c", "mkdir -p /run/netns && ln -s $NETNS_DIR/../cni-* /run/netns/"])
        with self.lab.node(NODE).start(["sh", "-c", "exec nsenter --net=$(echo $NETNS_DIR/../cni-*) sleep 3600"]):
            eventually(lambda: "sleep" in told(self.lab, NODE, "lsns -t net -n -o COMMAND"), 10)
            self.typist.type(line)
            self.watch.rest(polls=2)
            self.assertIn((NODE, "orphan_workload_interface", stale), self.watch.now)
        self.typist.type(line)
        self.assert_cured()


if __name__ == "__main__":
    run_tests()
