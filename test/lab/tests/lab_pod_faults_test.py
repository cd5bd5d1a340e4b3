#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The lab's faults inside pods and of the node's settings break what they say and heal without a trace."""

from calicolab.waiting import eventually
from harness.lab_state import NODE, POD, VETH_1, VETH_2, FaultTest, link, neighbors, rows, setting
from harness.main import run_tests

GATEWAY_4, GATEWAY_6 = "169.254.1.1", "fe80::ecee:eeff:feee:eeee"
FAR_4, FAR_6 = "192.168.12.1", "fd10::12:1"  # a pod of another node
FAILED = {(GATEWAY_4, "eth0"): ("FAILED", None)}


class PodFaults(FaultTest):
    options = {"nodes": 2, "pods": 2}

    def assert_reaches(self, *addresses):
        for address in addresses:
            self.assertTrue(self.lab.pod(POD).ping(address), address)

    def assert_cannot_reach(self, *addresses):
        for address in addresses:
            self.assertFalse(self.lab.pod(POD).ping(address, timeout=0.3), address)

    def test_without_proxy_arp_a_pod_asks_for_its_gateway_in_vain(self):
        self.lab.fault("proxy-arp-off", NODE)
        self.assertEqual(setting(self.lab, NODE, f"ipv4/conf/{VETH_1}/proxy_arp"), "0")
        self.assertEqual(setting(self.lab, NODE, f"ipv4/conf/{VETH_2}/proxy_arp"), "1")
        self.assertEqual(neighbors(self.lab, POD, GATEWAY_4), FAILED)
        self.assert_cannot_reach(FAR_4)
        self.assert_reaches(FAR_6)

    def test_a_failed_gateway_stays_failed_when_the_kernel_forgets_it(self):
        self.lab.fault("proxy-arp-off", NODE)
        self.lab.pod(POD).run(["ip", "neigh", "del", GATEWAY_4, "dev", "eth0"])
        self.assertTrue(eventually(lambda: neighbors(self.lab, POD, GATEWAY_4) == FAILED))

    def test_without_a_default_route_the_node_answers_no_pod(self):
        self.lab.fault("no-default-route", NODE)
        self.assertEqual(rows(self.lab, NODE, "-4", "route", "show", "default"), [])
        self.assertEqual(rows(self.lab, NODE, "-6", "route", "show", "default"), [])
        self.assertEqual(neighbors(self.lab, POD, GATEWAY_4), FAILED)
        self.assertEqual(setting(self.lab, NODE, f"ipv4/conf/{VETH_1}/proxy_arp"), "1")

    def test_without_forwarding_a_pod_reaches_its_node_and_nobody_else(self):
        self.assert_reaches(FAR_4, FAR_6)
        self.lab.fault("forwarding-off", NODE)
        for family in ("ipv4", "ipv6"):
            for interface in ("all", "eth0", VETH_1, VETH_2):
                self.assertEqual(setting(self.lab, NODE, f"{family}/conf/{interface}/forwarding"), "0")
        self.assert_cannot_reach(FAR_4, FAR_6)
        self.assert_reaches("10.39.1.11", "fd39:1::11")

    def test_a_wrong_gateway_mac_differs_from_the_interface_of_the_node(self):
        self.lab.fault("wrong-gateway-mac", NODE)
        for address in (GATEWAY_4, GATEWAY_6):
            state, mac = neighbors(self.lab, POD, address)[address, "eth0"]
            self.assertEqual(state, "PERMANENT")
            self.assertNotEqual(mac, link(self.lab, NODE, VETH_1)["address"])
        self.assert_cannot_reach(FAR_4, FAR_6)

    def test_a_pod_without_a_default_route_reaches_nobody(self):
        self.lab.fault("no-pod-route", NODE)
        self.assertEqual(rows(self.lab, POD, "-4", "route", "show", "default"), [])
        self.assertEqual(rows(self.lab, POD, "-6", "route", "show", "default"), [])
        self.assert_cannot_reach(FAR_4, FAR_6)


if __name__ == "__main__":
    run_tests()
