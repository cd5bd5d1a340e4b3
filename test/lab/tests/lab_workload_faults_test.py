#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The lab's faults of pods, their interfaces, addresses and routes break what they say and heal without a trace."""

import json
import unittest

from calicolab import Lab, LabError, addressing
from calicolab.waiting import eventually
from harness.lab_state import NODE, POD, VETH_1, VETH_2, FaultTest, link, neighbors, route_devices, rows, state_of, told
from harness.main import run_tests
from harness.witness import routes

FOUR, SIX = "192.168.11.1", "fd10::11:1"


def veths(lab):
    return {row["ifname"] for row in rows(lab, NODE, "link") if row["ifname"].startswith("cali")}


def veths_by_file(lab):
    files = told(lab, NODE, "cat $CALICO_RUN_DIR/endpoint-status/* | sed 's/}{/}\\n{/g'")
    return {json.loads(line)["ifaceName"] for line in files.splitlines()}


class Interfaces(FaultTest):
    options = {"nodes": 2, "pods": 2}

    def test_stale_veths_are_up_and_belong_to_no_pod(self):
        self.lab.fault("stale-veths", NODE, "4")
        stale = veths(self.lab) - veths_by_file(self.lab)
        self.assertEqual(len(stale), 4)
        for name in stale:
            self.assertEqual(link(self.lab, NODE, name)["operstate"], "UP")
        routes_and_neighbors = rows(self.lab, NODE, "route") + rows(self.lab, NODE, "neigh")
        self.assertEqual(
            [row for row in routes_and_neighbors if row.get("dev") in stale and "fe80" not in row["dst"]], []
        )

    def test_a_number_of_stale_veths_has_to_be_one(self):
        for wrong in ("0", "many", "1000", "-1"):
            with self.assertRaisesRegex(LabError, "COUNT is a number from 1 to 100"):
                self.lab.fault("stale-veths", NODE, wrong)

    def test_a_pod_that_lost_its_veth_loses_its_file_and_keeps_its_namespace(self):
        self.lab.fault("lost-veth", NODE)
        self.assertTrue(eventually(lambda: veths_by_file(self.lab) == {VETH_2}))
        self.assertEqual(veths(self.lab), {VETH_2})
        self.assertEqual([row["ifname"] for row in rows(self.lab, POD, "link")], ["lo"])

    def test_an_interface_that_is_down_takes_its_routes_along(self):
        self.lab.fault("interface-down", NODE)
        self.assertNotIn("UP", link(self.lab, NODE, VETH_1)["flags"])
        self.assertEqual(route_devices(self.lab, NODE, FOUR) + route_devices(self.lab, NODE, SIX), [])

    def test_a_lost_carrier_costs_the_pod_its_routes_and_its_file(self):
        self.lab.fault("carrier-lost", NODE)
        self.assertTrue({"UP", "NO-CARRIER"} <= set(link(self.lab, NODE, VETH_1)["flags"]))
        self.assertTrue(eventually(lambda: veths_by_file(self.lab) == {VETH_2}))
        self.assertTrue(
            eventually(lambda: route_devices(self.lab, NODE, FOUR) + route_devices(self.lab, NODE, SIX) == [])
        )

    def test_a_wrong_mtu_differs_from_calicos_file(self):
        self.lab.fault("wrong-mtu", NODE)
        self.assertEqual(link(self.lab, NODE, VETH_1)["mtu"], 9000)
        self.assertEqual(told(self.lab, NODE, "cat $CALICO_LIB_DIR/mtu"), "1500")


class Programming(FaultTest):
    """What Felix has made of pods: each fault changes nothing else."""

    options = {"nodes": 2, "pods": 2}

    def files_and_routes(self, address):
        return told(self.lab, NODE, f"cat $CALICO_RUN_DIR/endpoint-status/* | grep -c {address}/32").strip(), len(
            route_devices(self.lab, NODE, address)
        )

    def veth_of(self, name):
        return addressing.veth_name(f"default/{name}")

    def test_a_pod_that_is_not_programmed_has_an_interface_and_nothing_more(self):
        self.lab.fault("pod-not-programmed", NODE)
        self.assertIn(self.veth_of("node1-unknown"), veths(self.lab) - veths_by_file(self.lab))
        self.assertEqual(self.files_and_routes("192.168.11.3"), ("0", 0))

    def test_a_pod_that_has_completed_leaves_its_interface(self):
        self.lab.fault("complete-pod", NODE)
        self.assertIn(VETH_1, veths(self.lab) - veths_by_file(self.lab))
        self.assertEqual(self.files_and_routes(FOUR), ("0", 0))

    def test_a_machine_that_is_awaited_has_a_file_and_no_route(self):
        self.lab.fault("await-vm", NODE)
        self.assertIn(self.veth_of("node1-vm"), veths(self.lab) & veths_by_file(self.lab))
        self.assertEqual(self.files_and_routes("192.168.12.40"), ("1", 0))

    def test_a_file_is_left_of_an_interface_that_is_gone(self):
        self.lab.fault("left-file", NODE)
        self.assertEqual(veths_by_file(self.lab) - veths(self.lab), {self.veth_of("node1-gone")})

    def test_routes_of_all_pods_or_of_ipv6_are_gone(self):
        self.lab.fault("no-ipv6-pod-routes", NODE)
        self.assertEqual((route_devices(self.lab, NODE, FOUR), route_devices(self.lab, NODE, SIX)), ([VETH_1], []))
        self.lab.heal()
        self.lab.fault("flush-pod-routes", NODE)
        self.assertEqual(route_devices(self.lab, NODE, FOUR) + route_devices(self.lab, NODE, SIX), [])

    def test_a_network_leads_through_a_pod(self):
        self.lab.fault("route-through-pod", NODE)
        self.assertEqual(route_devices(self.lab, NODE, "203.0.113.0/24"), [VETH_1])

    def test_a_pod_with_a_second_network_leaves_the_nodes_arp_unanswered(self):
        self.lab.fault("second-network", NODE)
        failed = lambda: neighbors(self.lab, NODE, FOUR).get((FOUR, VETH_1), ("",))[0] in {"FAILED", "INCOMPLETE"}
        self.assertTrue(eventually(failed))


class Addresses(FaultTest):
    options = {"nodes": 2, "pods": 2}

    def test_a_wrong_neighbor_mac_is_permanent_while_the_file_tells_the_right_one(self):
        self.lab.fault("wrong-neighbor-mac", NODE)
        state, mac = neighbors(self.lab, NODE, FOUR)[FOUR, VETH_1]
        right = link(self.lab, POD, "eth0")["address"]
        self.assertEqual(state, "PERMANENT")
        self.assertNotEqual(mac, right)
        self.assertEqual(json.loads(told(self.lab, NODE, "cat $CALICO_RUN_DIR/endpoint-status/*pod1*"))["mac"], right)
        self.assertFalse(self.lab.node(NODE).ping(FOUR, timeout=0.3))

    def test_a_taken_pod_address_is_the_nodes_own(self):
        self.lab.fault("take-pod-address", NODE)
        (lo,) = rows(self.lab, NODE, "address", "show", "lo")
        self.assertTrue({FOUR, SIX} <= {row["local"] for row in lo["addr_info"]})
        self.assertIn(VETH_1, route_devices(self.lab, NODE, FOUR))
        self.assertIn(VETH_1, route_devices(self.lab, NODE, SIX))

    def test_a_foreign_pod_runs_outside_of_all_blocks_and_bgp_tells_where(self):
        self.lab.fault("foreign-pod-address", NODE)
        (name,) = veths(self.lab) - {VETH_1, VETH_2}
        self.assertIn(name, veths_by_file(self.lab))
        for address in ("192.168.254.9", "fd10::254:9"):
            self.assertEqual(route_devices(self.lab, NODE, address), [name])
            self.assertTrue(self.lab.node(NODE).ping(address))
        self.assertTrue(eventually(lambda: routes(self.lab, "node2").get("192.168.254.9") == "10.39.1.11"))
        self.lab.heal()
        self.assertTrue(eventually(lambda: "192.168.254.9" not in routes(self.lab, "node2")))

    def test_deleted_routes_are_gone_while_the_interface_stays(self):
        self.lab.fault("delete-route", NODE)
        self.assertEqual(route_devices(self.lab, NODE, FOUR) + route_devices(self.lab, NODE, SIX), [])
        self.assertEqual(link(self.lab, NODE, VETH_1)["operstate"], "UP")

    def test_a_wrong_veth_gets_what_is_for_another_pod(self):
        self.lab.fault("wrong-veth", NODE)
        self.assertEqual(route_devices(self.lab, NODE, FOUR), [VETH_2])
        self.assertEqual(route_devices(self.lab, NODE, SIX), [VETH_2])
        self.assertFalse(self.lab.node("node2").ping(FOUR, timeout=0.3))

    def test_a_pod_is_cut_off_as_in_the_outage_that_this_re_enacts(self):
        self.lab.fault("cut-off-pod", NODE)
        claims = neighbors(self.lab, NODE, FOUR)
        self.assertEqual([state for state, _ in claims.values()], ["PERMANENT"] * 11)
        self.assertEqual(len({mac for _, mac in claims.values()}), 11)
        self.assertEqual(claims[FOUR, VETH_1][1], link(self.lab, POD, "eth0")["address"])
        (device,) = route_devices(self.lab, NODE, FOUR)
        self.assertIn((FOUR, device), claims)
        self.assertNotIn(device, veths_by_file(self.lab))
        self.assertEqual(neighbors(self.lab, POD, "169.254.1.1"), {("169.254.1.1", "eth0"): ("FAILED", None)})

    def test_several_faults_at_once_heal_as_well(self):
        for name in ("cut-off-pod", "delete-route", "interface-down", "duplicate-ip", "stale-veths"):
            self.lab.fault(name, NODE)


class WithoutEndpointStatus(unittest.TestCase):
    def test_a_fault_that_needs_what_the_lab_lacks_breaks_nothing(self):
        with Lab(nodes=1, pods=1, endpoint_status=False, families=("ipv6",)) as lab:
            before = state_of(lab)
            for name in ("wrong-neighbor-mac", "cut-off-pod", "proxy-arp-off", "no-default-route", "wrong-veth"):
                with self.assertRaisesRegex(LabError, "this needs . pods"):
                    lab.fault(name, NODE)
            with self.assertRaisesRegex(LabError, "is alone"):
                lab.fault("owner-conflict", NODE)
            with self.assertRaisesRegex(LabError, "no VXLAN"):
                lab.fault("lose-block-route", NODE)
            self.assertEqual(lab.heal(), [])
            self.assertEqual(state_of(lab), before)


if __name__ == "__main__":
    run_tests()
