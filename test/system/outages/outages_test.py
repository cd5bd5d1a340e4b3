#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Outages that happened, made again with real BIRD and a real kernel. The agent names fault, object and remedy within
three polls of the moment when ip, ss or birdc show it, and is silent within three polls of the moment when they show it
healed."""

import re

from calicolab import addressing
from calicolab.waiting import eventually
from harness.lab_state import VETH_1, neighbors, route_devices
from harness.main import run_tests
from harness.witness import sessions
from outages.scenes import POLLS, OutageTest

ADDRESSES = {"ipv4": "10.39.1.11", "ipv6": "fd39:1::11"}  # of node1
OTHERS = {"ipv4": "10.39.1.12", "ipv6": "fd39:1::12"}  # of node2, which dials
POD_1 = "default/node1-pod1"
FOUR, SIX = "192.168.11.1", "fd10::11:1"  # of that pod


class SessionTest(OutageTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.watch.rest(polls=10)  # for as long sessions may take their time after a start of BIRD

    def established(self, node, family="ipv4"):
        return {
            name
            for name, (state, info) in sessions(self.lab, node, family).items()
            if (state, info) == ("up", "Established")
        }

    def all_established(self, peers):
        names = [row["name"] for row in self.lab.status()["nodes"]]
        return all(len(self.established(name, family)) == peers for name in names for family in ADDRESSES)


class APathThatIsCutOneWay(SessionTest):
    """Nothing of node1 reaches node2, as if by a firewall; after the hold time node2 calls in vain."""

    options = {"nodes": 2, "pods": 1, "hold_time": 6}

    def test_both_ends_name_the_peer_and_the_side_that_hears_names_the_direction(self):
        self.begin("cut", "node1", "node2")
        self.await_witness(lambda: "Hold timer expired" in sessions(self.lab, "node2")["Mesh_10_39_1_11"][1])
        self.assert_found("node2", ("bgp_peer_down", ADDRESSES["ipv4"]))
        # The first answer that stays alone is no sign, one packet may be lost: SYN_RECV, and sent again twice.
        self.await_witness(lambda: all(self.half_open(address) for address in OTHERS.values()))
        self.assert_found("node1", *(("peer_path_one_way", address) for address in OTHERS.values()))
        self.await_witness(lambda: self.sockets("node2", "syn-sent", ADDRESSES["ipv4"]))

        text, _ = self.told("node1", "peer_path_one_way", OTHERS["ipv4"])
        for part in ("SYN_RECV", "does not reach", "firewall", "ip route get"):
            self.assertIn(part, text)
        self.assertIn("fell silent", self.told("node2", "bgp_peer_down", ADDRESSES["ipv4"])[0])

        self.lab.heal()
        self.await_witness(lambda: self.all_established(peers=1), timeout=60)
        for node, peers in (("node1", OTHERS), ("node2", ADDRESSES)):
            self.assert_gone(
                node, *((check, peer) for check in ("peer_path_one_way", "bgp_peer_down") for peer in peers.values())
            )

    def half_open(self, peer):
        """Its call was answered and the answer sent again twice or more, as ss shows its timer: timer:(on,3.2sec,2)."""
        again = [re.search(r"timer:\(on,[^,]*,(\d+)\)", line) for line in self.sockets("node1", "syn-recv", peer)]
        return any(match and int(match[1]) >= 2 for match in again)

    def sockets(self, node, state, peer):
        peer = f"[{peer}]" if ":" in peer else peer
        return self.lab.node(node).run(["ss", "-Htno", "state", state, "dst", peer]).stdout.splitlines()


class AnAddressThatLeftItsNode(SessionTest):
    """BIRD speaks as what was the node's address once."""

    options = {"nodes": 3, "pods": 1, "hold_time": 6}

    def test_the_address_is_named_and_so_is_what_the_node_has_now(self):
        self.begin("remove-address", "node1")
        self.await_witness(lambda: not self.has(ADDRESSES["ipv4"]) and not self.has(ADDRESSES["ipv6"]))
        wrong = [("bgp_source_address_not_local", address) for address in ADDRESSES.values()]
        self.assert_found("node1", *wrong)
        self.await_witness(lambda: not self.established("node1") and not self.established("node1", "ipv6"))
        self.watch.rest(polls=2 * POLLS)
        self.assertEqual(
            {found for found in self.watch.now if found[0] == "node1"}, {("node1", *alarm) for alarm in wrong}
        )
        text, effects = self.told("node1", *wrong[0])
        for part in ("no interface", "it has: 10.39.1.254", "IP_AUTODETECTION_METHOD"):
            self.assertIn(part, text)
        self.assertEqual(effects, {("bgp_peer_down", "10.39.1.12"), ("bgp_peer_down", "10.39.1.13")})
        self.await_witness(lambda: "Mesh_10_39_1_11" not in self.established("node2"))
        self.assert_found("node2", ("bgp_peer_down", ADDRESSES["ipv4"]))

        self.lab.heal()
        self.await_witness(lambda: self.has(ADDRESSES["ipv4"]) and self.has(ADDRESSES["ipv6"]))
        self.assert_gone("node1", *wrong)
        self.await_witness(lambda: self.all_established(peers=2), timeout=60)
        self.assert_gone("node2", ("bgp_peer_down", ADDRESSES["ipv4"]))

    def has(self, address):
        return any(row["local"] == address for link in self.ip("node1", "address") for row in link["addr_info"])


class InterfacesWithoutPodsAndPodsWithout(OutageTest):
    """What an upgrade left behind: interfaces too many, one too few, and two pods with one address."""

    options = {"nodes": 2, "pods": 2}

    def test_each_interface_and_each_pod_is_named(self):
        gone = [addressing.veth_name(f"gone/node1-pod{i}") for i in (1, 2)]
        twin = ("duplicate_workload_ip", "192.168.12.1")
        self.begin("lost-veth", "node1")
        self.await_witness(lambda: VETH_1 not in self.veths())
        self.assert_found("node1", ("workload_interface_down", VETH_1))
        self.begin("duplicate-ip", "node2")
        self.await_witness(lambda: self.holders("192.168.12.1") == 2)
        self.assert_found("node2", twin)
        self.begin("stale-veths", "node1", "2")
        self.await_witness(lambda: set(gone) <= self.veths())
        # The CNI plugin makes an interface seconds before Felix tells whose it is: this check waits for 15 of them.
        self.assert_found("node1", *(("orphan_workload_interface", name) for name in gone), polls=15 + POLLS)

        text, effects = self.told("node1", "workload_interface_down", VETH_1)
        for part in ("does not exist", POD_1, FOUR, SIX):
            self.assertIn(part, text)
        self.assertEqual(effects, {("workload_route_missing", FOUR), ("workload_route_missing", SIX)})
        text, _ = self.told("node2", *twin)
        for part in ("pod default/node2-pod1 at", "pod default/node2-pod1-twin at"):
            self.assertIn(part, text)
        self.assertIn("ip link delete", self.told("node1", "orphan_workload_interface", gone[0])[0])

        self.lab.heal()
        self.await_witness(
            lambda: VETH_1 in self.veths() and not set(gone) & self.veths() and self.holders("192.168.12.1") == 1
        )
        self.assert_gone(
            "node1", ("workload_interface_down", VETH_1), *(("orphan_workload_interface", name) for name in gone)
        )
        self.assert_gone("node2", twin)

    def veths(self):
        return {row["ifname"] for row in self.ip("node1", "link") if row["ifname"].startswith("cali")}

    def holders(self, address):
        """Endpoints of node2 that have the address, by Felix's files."""
        files = self.lab.node("node2").run(["sh", "-c", "cat $CALICO_RUN_DIR/endpoint-status/*"]).stdout
        return files.count(f'"{address}/32"')


class APodThatIsCutOff(OutageTest):
    """Eleven interfaces with one address, the route leads to one that is stale, and the pod asks for its gateway in
    vain."""

    options = {"nodes": 2, "pods": 1}

    def test_both_interfaces_and_the_pod_are_named_and_all_that_follows_is_listed_below(self):
        stale = [addressing.veth_name(f"former/node1-pod{i}") for i in range(1, 11)]
        cut_off = ("workload_route_wrong_interface", FOUR)
        self.begin("cut-off-pod", "node1")
        self.await_witness(lambda: route_devices(self.lab, "node1", FOUR) == [stale[-1]])
        self.assert_found("node1", cut_off)
        self.await_witness(
            lambda: neighbors(self.lab, POD_1, "169.254.1.1") == {("169.254.1.1", "eth0"): ("FAILED", None)}
        )
        self.assertEqual([state for state, _ in neighbors(self.lab, "node1", FOUR).values()], ["PERMANENT"] * 11)

        unreachable = ("pod_gateway_unreachable", f"{POD_1} ipv4")
        # The kernel may forget a failed entry until the pod asks again, a second later.
        self.assertTrue(eventually(lambda: unreachable in self.told("node1", *cut_off)[1], timeout=10))
        text, effects = self.told("node1", *cut_off)
        for part in (stale[-1], VETH_1, f"pod {POD_1}", "ip route"):
            self.assertIn(part, text)
        follows = {("duplicate_neighbor_ip", FOUR), *(("orphan_workload_interface", name) for name in stale)}
        self.assertEqual(effects - {unreachable}, follows)

        self.lab.heal()
        self.await_witness(lambda: route_devices(self.lab, "node1", FOUR) == [VETH_1])
        self.assert_gone("node1", cut_off)
        self.assertTrue(self.lab.pod(POD_1).ping("192.168.12.1"))


if __name__ == "__main__":
    run_tests()
