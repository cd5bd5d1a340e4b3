#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What agents export is what birdc and ip say, on every node, in both families, with each BIRD that Debian has."""

import collections
import json
import unittest

from calicolab import Lab, Peer
from calicolab.metrics import by, scrape
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.program import CALIWATCH
from harness.waiting import ready
from harness.witness import FLAG, sessions

STATES = {"Idle": 1, "Connect": 2, "Active": 3, "OpenSent": 4, "OpenConfirm": 5, "Established": 6}
DEAD = [
    Peer("10.39.1.98", node="node1", dead="silent"),
    Peer("10.39.1.240", node="node1", dead="passive"),
    Peer("10.39.1.90", node="node1", disabled=True),
]


def protocol_of(peer):
    return "Mesh_" + peer.replace(".", "_").replace(":", "_")


class AgentsTellWhatTheToolsTell:
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(
            nodes=3,
            pods=2,
            bird=cls.bird,
            peers=DEAD,
            graceful_restart_wait=5,
            agent=CALIWATCH,
            agent_args=("--poll.interval=1s", "--peers.detail=all"),
        )
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()
        ready(cls.lab)

    def each(self):
        for row in self.lab.status()["nodes"]:
            for family in FLAG:
                yield row["name"], family

    def ip(self, node, family, *command):
        return json.loads(self.lab.node(node).run(["ip", "-json", FLAG[family], *command]).stdout)

    def becomes_equal(self, ours, theirs):
        """The agent's poll and the tool's answer are moments apart: they must come to agree, not to agree by chance."""
        eventually(lambda: ours() == theirs())
        self.assertEqual(ours(), theirs())

    def exported(self, node, family, name, *labels):
        values = by(scrape(self.lab, node), name, "family", *labels)
        return {key[1:] if len(labels) > 1 else key[1]: value for key, value in values.items() if key[0] == family}

    def counted(self, node, family, name, *labels):
        """The same of a family that is there at 0, too, which equals a count that lacks what there is none of."""
        return collections.Counter(self.exported(node, family, name, *labels))

    def test_peer_states_are_those_of_birdc(self):
        def truth(node, family, of):
            return {name: of(state, info) for name, (state, info) in sessions(self.lab, node, family).items()}

        def named(values):
            return {protocol_of(peer): value for peer, value in values.items()}

        for node, family in self.each():
            with self.subTest(node=node, family=family):
                self.becomes_equal(
                    lambda: named(self.exported(node, family, "caliwatch_bgp_peer_up", "peer")),
                    lambda: truth(node, family, lambda state, info: float(state == "up" and info == "Established")),
                )
                self.becomes_equal(
                    lambda: named(self.exported(node, family, "caliwatch_bgp_peer_state", "peer")),
                    lambda: truth(node, family, lambda state, info: STATES.get((info.split() or [""])[0], 0)),
                )

    def test_every_node_has_all_its_peers(self):
        self.assertEqual(len(self.exported("node1", "ipv4", "caliwatch_bgp_peer_up", "peer")), 5)
        self.assertEqual(len(self.exported("node2", "ipv6", "caliwatch_bgp_peer_up", "peer")), 2)

    def test_kernel_routes_of_a_peer_are_those_of_ip_by_gateway(self):
        for node, family in self.each():
            with self.subTest(node=node, family=family):
                gateways = collections.Counter(row.get("gateway") for row in self.ip(node, family, "route"))
                peers = self.exported(node, family, "caliwatch_bgp_peer_kernel_routes", "peer")
                self.assertEqual(peers, {peer: gateways[peer] for peer in peers})
                self.assertGreaterEqual(sum(peers.values()), 2)

    def test_kernel_routes_by_protocol_are_those_of_ip(self):
        names = {"bird": "bird", "boot": "boot", "kernel": "kernel", "static": "static", "80": "felix"}
        for node, family in self.each():
            with self.subTest(node=node, family=family):

                def truth():
                    rows = self.ip(node, family, "route", "show", "table", "main")
                    return collections.Counter(
                        (names.get(row.get("protocol", "boot"), "other"), row.get("type", "unicast")) for row in rows
                    )

                self.becomes_equal(
                    lambda: self.counted(node, family, "caliwatch_kernel_routes", "protocol", "route_type"), truth
                )

    def test_neighbors_by_state_are_those_of_ip(self):
        for node, family in self.each():
            with self.subTest(node=node, family=family):

                def truth():
                    rows = self.ip(node, family, "neigh", "show", "nud", "all")
                    kind = lambda row: "workload" if row["dev"].startswith("cali") else "host"
                    return collections.Counter((kind(row), row["state"][0].lower()) for row in rows)

                self.becomes_equal(
                    lambda: self.counted(node, family, "caliwatch_neighbors", "interface_kind", "state"), truth
                )

    def test_routes_of_a_peer_are_those_that_birdc_counts(self):
        birdc = {"ipv4": "birdc", "ipv6": "birdc6"}
        for node, family in self.each():
            with self.subTest(node=node, family=family):
                for peer, imported in self.exported(node, family, "caliwatch_bgp_peer_routes_imported", "peer").items():
                    text = (
                        self.lab.node(node).run([birdc[family], "show", "protocols", "all", protocol_of(peer)]).stdout
                    )
                    self.assertIn(f"Routes:         {imported:.0f} imported,", text)

    def test_what_is_told_of_all_peers_together_is_the_sum_of_each(self):
        for node, family in self.each():
            for name in ("routes_imported", "routes_exported", "routes_preferred", "kernel_routes"):
                with self.subTest(node=node, family=family, name=name):
                    self.becomes_equal(
                        lambda: sum(self.exported(node, family, f"caliwatch_bgp_{name}", "kind").values()),
                        lambda: sum(self.exported(node, family, f"caliwatch_bgp_peer_{name}", "peer").values()),
                    )

    def test_workload_interfaces_are_those_of_ip(self):
        for node in ("node1", "node2", "node3"):
            links = json.loads(self.lab.node(node).run(["ip", "-json", "link"]).stdout)
            workloads = [link for link in links if link["ifname"].startswith("cali")]
            self.assertEqual(
                by(scrape(self.lab, node), "caliwatch_workload_interfaces", "state"), {"up": len(workloads), "down": 0}
            )
            self.assertEqual(len(workloads), 2)


class WithBird16(AgentsTellWhatTheToolsTell, unittest.TestCase):
    bird = "1.6.8"


class WithBird2(AgentsTellWhatTheToolsTell, unittest.TestCase):
    bird = "2.0.12"


if __name__ == "__main__":
    run_tests()
