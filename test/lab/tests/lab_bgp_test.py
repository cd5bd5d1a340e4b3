#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What confd and BIRD of Calico do beyond a plain mesh: priorities, reflectors, services, a confd that is dead."""

import json
import unittest

from calicolab import Lab, LabError
from calicolab.waiting import eventually
from harness.lab_state import rows, told
from harness.main import run_tests
from harness.witness import routes, sessions


def metrics(lab, node, destination, flag="-4"):
    """Of all routes to it; 0 for one without."""
    return {row.get("metric", 0) for row in rows(lab, node, flag, "route", "show", destination)}


class Priorities:
    """From 3.32 on; for each BIRD that Debian has."""

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(nodes=2, pods=1, bird=cls.bird)
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()

    def setUp(self):
        self.addCleanup(self.lab.wait_for_bgp)
        self.addCleanup(self.lab.heal)

    def test_a_block_has_felixs_normal_priority_and_a_blackhole_none(self):
        self.assertEqual(metrics(self.lab, "node1", "192.168.12.0/26"), {1024})
        self.assertEqual(metrics(self.lab, "node1", "fd10::12:0/122", "-6"), {1024})
        self.assertEqual(metrics(self.lab, "node1", "192.168.11.0/26"), {0})

    def test_a_route_of_the_cni_plugin_is_announced_until_felix_replaces_it(self):
        self.lab.fault("felix-dead", "node2")
        pod = self.lab.add_pod("node2")
        self.addCleanup(self.lab.delete_pod, "node2", pod["name"])
        self.assertTrue(eventually(lambda: metrics(self.lab, "node1", pod["ipv4"]) == {0}))
        self.assertIn("(200", told(self.lab, "node1", f"birdc show route {pod['ipv4']}/32"))
        self.lab.heal()
        self.assertTrue(eventually(lambda: metrics(self.lab, "node1", pod["ipv4"]) == set()))
        self.assertEqual(metrics(self.lab, "node2", pod["ipv4"]), {1024})

    def test_a_block_of_a_node_without_priorities_has_the_metric_of_an_unset_preference(self):
        self.lab.fault("roll-back", "node2", "3.31")
        """BIRD 2 leaves the routes with the metrics of before beside those with the new ones."""
        self.assertTrue(eventually(lambda: 2147483647 - 100 in metrics(self.lab, "node1", "192.168.12.0/26")))
        self.assertTrue(eventually(lambda: 0 in metrics(self.lab, "node2", "192.168.11.0/26")))


class PrioritiesWithBird1(Priorities, unittest.TestCase):
    bird = "1.6.8"


class PrioritiesWithBird2(Priorities, unittest.TestCase):
    bird = "2.0.12"


class Reflectors(unittest.TestCase):
    def test_all_peer_with_the_reflectors_alone_and_reach_each_other_directly(self):
        for bird in ("1.6.8", "2.0.12"):
            with self.subTest(bird), Lab(nodes=4, pods=1, reflectors=2, bird=bird) as lab:
                up = ("up", "Established")
                of_all = {f"Node_10_39_1_{octet}": up for octet in (11, 12, 13, 14)}
                of_reflectors = {name: of_all[name] for name in ("Node_10_39_1_13", "Node_10_39_1_14")}
                self.assertEqual(sessions(lab, "node1"), of_reflectors)
                self.assertEqual(
                    sessions(lab, "node3"), {name: state for name, state in of_all.items() if not name.endswith("13")}
                )
                self.assertEqual(routes(lab, "node1")["192.168.12.0/26"], "10.39.1.12")
                self.assertEqual(routes(lab, "node1", "ipv6")["fd10::12:0/122"], "fd39:1::12")
                self.assertTrue(lab.pod("default/node1-pod1").ping("192.168.12.1"))

    def test_not_all_nodes_can_be_reflectors(self):
        with self.assertRaisesRegex(LabError, "not all"):
            Lab(nodes=2, reflectors=2)


class Services(unittest.TestCase):
    def test_their_ranges_are_in_every_bird_and_in_no_kernel(self):
        ranges = ("10.96.0.0/12", "fd96::/108")
        for bird in ("1.6.8", "2.0.12"):
            with self.subTest(bird), Lab(nodes=2, pods=0, services=ranges, bird=bird) as lab:
                for prefix, client, peer in zip(ranges, ("birdc", "birdc6"), ("10_39_1_12", "fd39_1__12")):
                    shown = lambda: told(lab, "node1", f"{client} show route {prefix}")
                    self.assertTrue(eventually(lambda: "static1" in shown() and f"Mesh_{peer}" in shown()), shown())
                for node in ("node1", "node2"):
                    self.assertNotIn("10.96", told(lab, node, "ip route"))
                    self.assertNotIn("fd96", told(lab, node, "ip -6 route"))


class Confd(unittest.TestCase):
    def test_a_bird_whose_confd_is_dead_learns_of_no_other_node(self):
        with Lab(nodes=2, pods=0, families=("ipv4",), graceful_restart_wait=3) as lab:
            lab.fault("confd-dead", "node2")
            lab.add_node("node3", 33)
            self.assertTrue(eventually(lambda: "192.168.33.0/26" in routes(lab, "node1")))
            self.assertNotIn("Mesh_10_39_1_33", sessions(lab, "node2"))
            unexpected = "grep -q 'Unexpected connect from unknown address 10.39.1.33' $CALICO_RUN_DIR/../bird.log"
            dials = lambda: lab.node("node2").run(["sh", "-c", unexpected], check=False).returncode == 0
            self.assertTrue(eventually(dials) or "Passive" in json.dumps(sessions(lab, "node3")))
            lab.heal()
            lab.wait_for_bgp()
            self.assertIn("Mesh_10_39_1_33", sessions(lab, "node2"))


class Blocks(unittest.TestCase):
    def test_a_node_that_claims_a_block_is_reached_there(self):
        for options in ({}, {"encap": "vxlan"}):
            with self.subTest(str(options)), Lab(nodes=2, pods=1, families=("ipv4",), **options) as lab:
                lab.claim_block("node2")
                pod = lab.add_pod("node2", addresses={"ipv4": "192.168.12.65"})
                self.assertTrue(eventually(lambda: lab.pod("default/node1-pod1").ping(pod["ipv4"], timeout=0.3)))
                self.assertIn("192.168.12.64/26", told(lab, "node1", "ip route"))
                for _ in range(2):
                    lab.claim_block("node2")
                with self.assertRaisesRegex(LabError, "has 4 blocks already"):
                    lab.claim_block("node2")


if __name__ == "__main__":
    run_tests()
