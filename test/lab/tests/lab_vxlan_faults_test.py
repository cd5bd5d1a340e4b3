#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The lab's faults of VXLAN tunnels break what they say and heal without a trace."""

from calicolab import LabError
from harness.lab_state import NODE, POD, FaultTest, link, neighbors, rows, told
from harness.main import run_tests

FAR = ("192.168.12.1", "fd10::12:1")
THIRD = ("192.168.13.1", "fd10::13:1")
TUNNELS = {"-4": "vxlan.calico", "-6": "vxlan-v6.calico"}
MACS = ("66:2d:bf:44:a6:8b", "66:32:42:ed:ed:f5")  # of the tunnels of node2


class VxlanFaults(FaultTest):
    options = {"nodes": 3, "pods": 2, "encap": "vxlan"}

    def setUp(self):
        super().setUp()
        self.assert_reaches(*FAR, *THIRD)

    def assert_reaches(self, *addresses):
        for address in addresses:
            self.assertTrue(self.lab.pod(POD).ping(address), address)

    def assert_cannot_reach(self, *addresses):
        for address in addresses:
            self.assertFalse(self.lab.pod(POD).ping(address, timeout=0.3), address)

    def test_the_mtu_of_pods_is_what_both_tunnels_can_carry(self):
        self.assertEqual(told(self.lab, NODE, "cat $CALICO_LIB_DIR/mtu"), "1430")
        self.assertEqual([link(self.lab, NODE, name)["mtu"] for name in TUNNELS.values()], [1450, 1430])

    def test_a_wrong_tunnel_mtu_leaves_no_room_for_the_headers(self):
        self.lab.fault("wrong-tunnel-mtu", NODE)
        self.assertEqual([link(self.lab, NODE, name)["mtu"] for name in TUNNELS.values()], [1500, 1500])
        self.assertEqual(link(self.lab, NODE, "eth0")["mtu"], 1500)

    def test_a_tunnel_that_is_down_takes_its_routes_along(self):
        self.lab.fault("tunnel-down", NODE)
        for flag, name in TUNNELS.items():
            self.assertNotIn("UP", link(self.lab, NODE, name)["flags"])
            self.assertEqual(rows(self.lab, NODE, flag, "route", "show", "dev", name), [])
        self.assert_cannot_reach(*FAR, *THIRD)

    def test_a_bypassed_tunnel_sends_the_packets_of_one_node_over_the_underlay(self):
        self.lab.fault("bypass-tunnel", NODE, "node2")
        for flag, tunnel, far, third in zip(TUNNELS, TUNNELS.values(), FAR, THIRD):
            devices = [rows(self.lab, NODE, flag, "route", "get", address)[0]["dev"] for address in (far, third)]
            self.assertEqual(devices, ["eth0", tunnel])
        for flag, block in (("-4", "192.168.12.0/26"), ("-6", "fd10::12:0/122")):
            self.assertEqual(len(rows(self.lab, NODE, flag, "route", "show", block)), 1)

    def test_a_lost_neighbor_of_a_tunnel_cuts_off_one_node_only(self):
        self.lab.fault("lose-vtep-neighbor", NODE, "node2")
        left = {address for address, device in neighbors(self.lab, NODE) if device in TUNNELS.values()}
        self.assertEqual(left, {"192.168.13.0", "fd10::13:0"})
        self.assertEqual(told(self.lab, NODE, "bridge fdb").count("dst 10.39.1."), 2)
        self.assertEqual(told(self.lab, NODE, "bridge fdb").count("dst fd39:1::"), 2)
        self.assert_cannot_reach(*FAR)
        self.assert_reaches(*THIRD)

    def test_a_lost_entry_of_the_forwarding_database_cuts_off_one_node_only(self):
        self.lab.fault("lose-vtep-fdb", NODE, "node2")
        database = told(self.lab, NODE, "bridge fdb")
        for mac in MACS:
            self.assertNotIn(mac, database)
        self.assertEqual(database.count(" dst "), 2)
        self.assert_cannot_reach(*FAR)
        self.assert_reaches(*THIRD)

    def test_a_lost_block_route_lets_packets_to_absent_pods_leave_the_node(self):
        for flag, block in (("-4", "192.168.11.0/26"), ("-6", "fd10::11:0/122")):
            self.assertEqual(len(rows(self.lab, NODE, flag, "route", "show", block)), 1)
        self.lab.fault("lose-block-route", NODE)
        for flag, absent in (("-4", "192.168.11.60"), ("-6", "fd10::11:3c")):
            (route,) = rows(self.lab, NODE, flag, "route", "get", absent)
            self.assertEqual(route["dev"], "eth0")
        self.assert_reaches(*FAR)

    def test_faults_of_bird_are_refused_where_there_is_none(self):
        for name in ("flap-peer", "crowd-listener", "announce-foreign-block", "owner-conflict", "kill-bird"):
            with self.assertRaisesRegex(LabError, "this lab runs without BIRD"):
                self.lab.fault(name)
        with self.assertRaisesRegex(LabError, "no tunnel to itself"):
            self.lab.fault("lose-vtep-fdb", NODE, NODE)


if __name__ == "__main__":
    run_tests()
