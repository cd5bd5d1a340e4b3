#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A lab is the Calico cluster it claims to be."""

import json
import os
import re
import signal
import unittest

from calicolab import Lab, Peer, musl
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.witness import routes, sessions


class AHealthyLab:
    """For each BIRD that Debian has."""

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(nodes=3, pods=2, bird=cls.bird, routers=("Global",))
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()

    def test_every_session_is_established_in_both_families(self):
        for family, separator in (("ipv4", "10_39_1_"), ("ipv6", "fd39_1__")):
            for node in (1, 2, 3):
                others = [f"Mesh_{separator}{10 + other}" for other in (1, 2, 3) if other != node]
                expected = {name: ("up", "Established") for name in [*others, f"Global_{separator}181"]}
                self.assertEqual(sessions(self.lab, f"node{node}", family), expected)

    def test_bird_is_the_asked_version_on_every_node(self):
        for node in ("node1", "node2", "node3"):
            self.assertIn(f"BIRD {self.bird} ready", self.lab.node(node).run(["birdc6", "show", "status"]).stdout)

    def test_every_block_is_in_every_kernel_with_its_node_as_gateway(self):
        for node in (1, 2, 3):
            four = {f"192.168.{octet}.0/26": f"10.39.1.{octet}" for octet in (11, 12, 13, 181) if octet != 10 + node}
            four[f"192.168.{10 + node}.0/26"] = "blackhole"
            six = {f"fd10::{octet}:0/122": f"fd39:1::{octet}" for octet in (11, 12, 13, 181) if octet != 10 + node}
            six[f"fd10::{10 + node}:0/122"] = "blackhole"
            self.assertEqual(routes(self.lab, f"node{node}", "ipv4"), four)
            self.assertEqual(routes(self.lab, f"node{node}", "ipv6"), six)

    def test_pods_reach_pods_of_other_nodes_in_both_families(self):
        pod = self.lab.pod("default/node1-pod1")
        for address in ("192.168.12.1", "192.168.13.2", "fd10::12:1", "fd10::13:2"):
            self.assertTrue(pod.ping(address), address)
        for nobody in ("192.168.12.60", "fd10::12:3c"):
            self.assertFalse(pod.ping(nobody, timeout=0.3), nobody)

    def test_a_pod_looks_as_calico_leaves_it(self):
        node = self.lab.node("node1")
        (link,) = json.loads(node.run(["ip", "-json", "link", "show", "cali20a2ad68006"]).stdout)  # default.node1-pod1
        self.assertEqual(link["address"], "ee:ee:ee:ee:ee:ee")
        self.assertGreaterEqual(link["link_netnsid"], 0)
        (neighbor,) = json.loads(node.run(["ip", "-json", "neigh", "show", "192.168.11.1"]).stdout)
        self.assertEqual(neighbor["dev"], "cali20a2ad68006")
        self.assertIn("lladdr", neighbor)
        settings = (
            "cat /proc/sys/net/ipv4/conf/cali20a2ad68006/proxy_arp /proc/sys/net/ipv6/conf/cali20a2ad68006/proxy_ndp"
        )
        self.assertEqual(node.run(settings.split()).stdout.split(), ["1", "1"])
        gateway = self.lab.pod("default/node1-pod1").run(["ip", "route", "show", "default"]).stdout
        self.assertEqual(gateway.split()[:5], ["default", "via", "169.254.1.1", "dev", "eth0"])

    def test_calicos_files_describe_the_node(self):
        shell = self.lab.node("node2").run(
            ["sh", "-c", "cat $CALICO_LIB_DIR/nodename; echo; ls $CALICO_RUN_DIR/endpoint-status"]
        )
        self.assertEqual(
            shell.stdout.splitlines(), ["node2", "k8s default%2Fnode2-pod1 eth0", "k8s default%2Fnode2-pod2 eth0"]
        )
        status = self.lab.node("node2").run(["sh", "-c", "cat $CALICO_RUN_DIR/endpoint-status/*pod1*"]).stdout
        self.assertEqual(json.loads(status)["ipv4Nets"], ["192.168.12.1/32"])

    def test_the_netns_folder_of_a_node_holds_its_pods_and_only_those(self):
        listing = 'for file in "$NETNS_DIR"/*; do nsenter --net="$file" ip -brief -4 address show eth0; done'
        text = self.lab.node("node3").run(["sh", "-c", listing]).stdout
        self.assertEqual(sorted(line.split()[2] for line in text.splitlines()), ["192.168.13.1/32", "192.168.13.2/32"])

    def test_a_pod_comes_and_goes(self):
        pod = self.lab.add_pod("node2")
        self.assertEqual(pod["ipv4"], "192.168.12.3")
        self.assertTrue(self.lab.pod("default/node1-pod1").ping(pod["ipv4"]))
        self.assertTrue(self.lab.pod(pod["name"]).ping("fd10::13:1"))
        self.lab.delete_pod("node2", pod["name"])
        self.assertNotIn(pod["ipv4"], routes(self.lab, "node2", protocol="boot"))
        shell = self.lab.node("node2").run(
            ["sh", "-c", "ls $NETNS_DIR | wc -l; ls $CALICO_RUN_DIR/endpoint-status | wc -l"]
        )
        self.assertEqual(shell.stdout.split(), ["2", "2"])

    def test_a_pod_whose_interface_is_gone_can_be_deleted(self):
        pod = self.lab.add_pod("node2")
        self.lab.node("node2").run(["ip", "link", "del", pod["interface"]])
        self.lab.delete_pod("node2", pod["name"])
        (node,) = [node for node in self.lab.status()["nodes"] if node["name"] == "node2"]
        self.assertNotIn(pod["name"], [known["name"] for known in node["pods"]])

    def test_an_ended_bird_stays_dead_until_it_is_started(self):
        self.lab.kill_bird("node3", signal.SIGTERM)
        self.assertEqual(self.lab.node("node3").run(["birdc", "show", "status"], check=False).returncode, 1)
        self.assertIn("192.168.11.0/26", routes(self.lab, "node3"))  # by `persist`
        self.lab.start_bird("node3")
        self.lab.wait_for_bgp()

    def test_a_restarted_bird_recovers_gracefully(self):
        before = self.lab.status()["nodes"][1]["bird"]["ipv4"]["pid"]
        self.lab.restart_bird("node2")
        self.lab.wait_for_bgp()
        log = self.lab.node("node2").run(["sh", "-c", "cat $CALICO_RUN_DIR/../bird.log"]).stdout
        self.assertIn("Graceful restart started", log)
        self.assertNotEqual(self.lab.status()["nodes"][1]["bird"]["ipv4"]["pid"], before)

    def test_a_node_joins_and_leaves(self):
        self.lab.add_node("node9", 99)
        self.lab.wait_for_bgp()
        self.assertEqual(routes(self.lab, "node1")["192.168.99.0/26"], "10.39.1.99")
        self.lab.remove_node("node9")
        self.assertTrue(eventually(lambda: "192.168.99.0/26" not in routes(self.lab, "node1")))
        self.assertNotIn("Mesh_10_39_1_99", sessions(self.lab, "node1"))


class WithBird1(AHealthyLab, unittest.TestCase):
    bird = "1.6.8"


class WithBird2(AHealthyLab, unittest.TestCase):
    bird = "2.0.12"


class ALabWithDeadPeers(unittest.TestCase):
    def test_each_fails_in_its_own_way_and_a_restart_waits_for_them(self):
        kinds = ("silent", "refused", "unreachable", "passive")
        peers = [Peer(f"10.39.1.{101 + i}", dead=kind) for i, kind in enumerate(kinds)]
        peers.append(Peer("10.39.1.105", disabled=True, node="node1"))
        with Lab(nodes=2, pods=0, octets=(9, 10), families=("ipv4",), peers=peers, graceful_restart_wait=100) as lab:
            expected = {
                "Mesh_10_39_1_101": r"Connect",
                "Mesh_10_39_1_102": r".*Connection refused",
                "Mesh_10_39_1_103": r".*No route to host",
                "Mesh_10_39_1_104": r"Passive",
                "Mesh_10_39_1_105": r"",
            }
            for name, info in expected.items():
                found = eventually(lambda: re.fullmatch(info, sessions(lab, "node1")[name][1]))
                self.assertTrue(found, f"{name} is {sessions(lab, 'node1')[name]}")
            self.assertNotIn("Mesh_10_39_1_105", sessions(lab, "node2"))
            self.assert_nine_dials_by_textual_order(lab)
            lab.restart_bird("node1")
            status = lambda: lab.node("node1").run(["birdc", "show", "status"], check=False).stdout
            self.assertTrue(eventually(lambda: "Graceful restart recovery in progress" in status()), status())
            self.assertRegex(status(), r"Wait timer is \d+/100")

    def assert_nine_dials_by_textual_order(self, lab):
        """10.39.1.10 < 10.39.1.9 as text, so node1 (9) dials and node2 (10) waits."""
        config = 'grep -A2 "neighbor 10.39.1.{} as" $CALICO_RUN_DIR/../bird.cfg'
        self.assertNotIn("passive", lab.node("node1").run(["sh", "-c", config.format(10)]).stdout)
        self.assertIn("passive on", lab.node("node2").run(["sh", "-c", config.format(9)]).stdout)


class ALabWithMusl(unittest.TestCase):
    def test_bird_tells_of_errors_in_musls_words_and_of_others_as_before(self):
        peers = [Peer("10.39.1.102", dead="refused"), Peer("10.39.1.103", dead="unreachable")]
        for bird in ("1.6.8", "2.0.12"):
            with Lab(nodes=1, pods=0, families=("ipv4",), peers=peers, libc="musl", bird=bird, wait=False) as lab:
                told = lambda: {name: info for name, (_, info) in sessions(lab, "node1").items()}
                eventually(lambda: all("Socket" in info for info in told().values()))
                self.assertIn("Socket: Host is unreachable", told()["Mesh_10_39_1_103"])
                self.assertIn("Socket: Connection refused", told()["Mesh_10_39_1_102"])

    def test_no_text_of_the_list_is_glibcs(self):
        same = [number for number, text in musl.TEXTS.items() if os.strerror(number) == text]
        self.assertEqual(same, [])


class AVxlanLab(unittest.TestCase):
    def test_felix_routes_lead_through_the_tunnel_without_bird(self):
        with Lab(nodes=3, pods=1, encap="vxlan", endpoint_status=False) as lab:
            self.assertEqual(routes(lab, "node1", protocol="boot")["192.168.12.0/26"], "192.168.12.0")
            self.assertEqual(routes(lab, "node1", protocol="80"), {"192.168.11.0/26": "blackhole"})
            self.assertEqual(routes(lab, "node1", protocol="bird"), {})
            self.assertTrue(lab.pod("default/node1-pod1").ping("192.168.12.1"))
            self.assertTrue(lab.pod("default/node1-pod1").ping("fd10::13:1"))
            received = json.loads(lab.node("node2").run(["ip", "-json", "-s", "link", "show", "vxlan.calico"]).stdout)
            self.assertGreater(received[0]["stats64"]["rx"]["packets"], 0)
            self.assertEqual(lab.node("node1").run(["sh", "-c", "ls -A $CALICO_RUN_DIR"]).stdout, "")
            lab.add_node("node4", 44)
            self.assertTrue(lab.pod("default/node1-pod1").ping("192.168.44.1"))
            lab.remove_node("node4")
            self.assertNotIn("192.168.44.0/26", routes(lab, "node1", protocol="boot"))


if __name__ == "__main__":
    run_tests()
