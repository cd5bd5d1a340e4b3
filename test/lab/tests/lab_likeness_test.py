#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A node of the lab has the tables of a node of real Calico in the same state, row by row: test/recordings/calico."""

import json
import tempfile
import unittest

from calicolab import Lab
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.program import CALIWATCH, built
from harness.tools import ROOT
from likeness.clusters import N1, N2, N3, NODE1, NODE2, NODE3, of_calico, of_lab, with_blocks, with_tunnel
from likeness.compare import Known, differences, unexpected
from likeness.node import record
from likeness.recording import Recording
from likeness.roles import Member

RECORDINGS = ROOT / "test/recordings/calico"
LIKE_THE_RECORDED = {"nodes": 3, "pods": 3, "families": ("ipv4",), "datastore": "etcd", "rp_filter": 0}
SERVICES = {"services 1": "10.96.0.0/12", "services 2": "203.0.113.0/24"}

WITH_BIRD = frozenset({"bgp-healthy", "service-addresses-advertised", "route-reflector-healthy", "borrowed-addresses"})
KNOWN = [
    Known(
        "only (?:real: bird6? status: BIRD v0.3.3\\+birdv1.6.8|lab: bird6? status: BIRD 1.6.8)",
        "Calico's fork calls itself so; the lab has Debian's, of the version that the fork was made of",
        WITH_BIRD,
    ),
    Known(
        "only (?:real: fdb: other . tunnel on vxlan.calico state=PERMANENT"
        "|lab: fdb: other . tunnel on vxlan.calico state=NOARP,PERMANENT)"
        " flags=self by_interface=False to=other-.-node",
        "`bridge` gives what it enters for good the state NOARP as well; to the kernel the two are one",
        frozenset({"vxlan-healthy"}),
    ),
]

# What 3.31 has otherwise than the recorded 3.32: no priorities.
WITHOUT_PRIORITIES = {
    *(f"{side}: bird{six} status: BIRD {name}"
      for side, name in (("only real", "v0.3.3+birdv1.6.8"), ("only lab", "1.6.8")) for six in ("", "6")),
    *(f"{side}: routes: address of pod {number} family=ipv4 type=unicast protocol=3 metric={metric}"
      f" scope=link flags= table=254 several=False interface=pod-{number}"
      for side, metric in (("only real", 1024), ("only lab", 0)) for number in (1, 2, 3)),
    *(f"{side}: routes: other {number} block 1 family=ipv4 type=unicast protocol=12 metric={metric}"
      f" scope=global flags= table=254 several=False gateway=other-{number}-node interface=eth0"
      for side, metric in (("only real", 1024), ("only lab", 0)) for number in (1, 2)),
    *(f"{side}: bird routes: address of pod {number} dev pod {number} [kernel1] * (10)"
      f" ; Type: inherit unicast univ ; Kernel.source: 3 ; Kernel.metric: {metric}"
      for side, metric in (("only real", 1024), ("only lab", 0)) for number in (1, 2, 3)),
    *(f"{side}: bird routes: other {number} block 1 via other {number} node on eth0 [Mesh_(other {number} node)]"
      f" * (100/0) [i] ; Type: BGP unicast univ ; BGP.origin: IGP ; BGP.as_path: ; BGP.next_hop: other {number} node"
      f" ; BGP.local_pref: {preference}"
      for side, preference in (("only real", 2147482623), ("only lab", 100)) for number in (1, 2)),
}  # fmt: skip


class Likeness(unittest.TestCase):
    maxDiff = None

    def lab(self, **options):
        lab = Lab(agent=built(), **{**LIKE_THE_RECORDED, **options})
        self.addCleanup(lab.close)
        lab.start()
        return lab

    def differ(self, state, around_real, lab, around_lab, node="node1"):
        with tempfile.TemporaryDirectory() as folder:
            ours = record(lab, node, f"{folder}/node")
        return differences(Recording(RECORDINGS / state), around_real, ours, around_lab)

    def compare(self, state, *sides):
        """Again and again for some seconds: BIRD needs its time after each change."""
        seen = []

        def same():
            seen[:] = unexpected(self.differ(state, *sides), KNOWN, state)
            return seen == [[], []]

        eventually(same, timeout=30, every=2)
        self.assertEqual("\n".join(seen[0]), "", "of these nobody says why")
        self.assertEqual(seen[1], [], "listed, and not there")

    def test_bgp(self):
        self.compare("bgp-healthy", of_calico(N1, N2, N3), self.lab(), of_lab(NODE1, NODE2, NODE3))

    def test_another_version_is_told_apart_by_what_it_does_otherwise(self):
        lab, sides = self.lab(calico="3.31"), (of_calico(N1, N2, N3), of_lab(NODE1, NODE2, NODE3))
        seen = lambda: {line for line, _ in self.differ("bgp-healthy", sides[0], lab, sides[1])}
        eventually(lambda: seen() == WITHOUT_PRIORITIES, timeout=30, every=2)
        self.assertEqual(seen(), WITHOUT_PRIORITIES)

    def test_vxlan_with_its_device_and_without(self):
        lab = self.lab(encap="vxlan")
        real = of_calico(with_tunnel(N1, "10.48.40.128"), with_tunnel(N2, "10.48.217.0"), with_tunnel(N3, "10.48.98.0"))
        ours = of_lab(
            with_tunnel(NODE1, "192.168.11.0"), with_tunnel(NODE2, "192.168.12.0"), with_tunnel(NODE3, "192.168.13.0")
        )
        self.compare("vxlan-healthy", real, lab, ours)
        lab.fault("felix-dead")
        lab.node("node1").run(["ip", "link", "delete", "vxlan.calico"])
        self.compare("vxlan-device-missing", real, lab, ours)

    def test_service_addresses(self):
        lab = self.lab(services=tuple(SERVICES.values()), community=(64513, 100), as_number=64513)
        self.compare(
            "service-addresses-advertised", of_calico(N1, N2, N3, ranges=SERVICES),
            lab, of_lab(NODE1, NODE2, NODE3, ranges=SERVICES),
        )  # fmt: skip

    def test_a_route_reflector(self):
        lab = self.lab(reflectors=1, as_number=64513)
        self.compare("route-reflector-healthy", of_calico(N1, N2, N3), lab, of_lab(NODE1, NODE2, NODE3))

    def test_borrowed_addresses(self):
        """Two nodes have a second block each; a pod of the second and two of the third are in those of others."""
        lab = self.lab()
        for node in ("node1", "node2"):
            lab.claim_block(node)
        for node, address in (("node2", "192.168.11.71"), ("node3", "192.168.12.65"), ("node3", "192.168.12.67")):
            lab.add_pod(node, f"default/{address.replace('.', '-')}", {"ipv4": address})
        moved = Member("10.9.0.52", (*N2.blocks, "10.77.0.0/30"))
        self.compare(
            "borrowed-addresses", of_calico(N3, with_blocks(N1, "10.77.0.4/30"), moved), lab,
            of_lab(NODE3, with_blocks(NODE1, "192.168.11.64/26"), with_blocks(NODE2, "192.168.12.64/26")), "node3",
        )  # fmt: skip


class Decoding(unittest.TestCase):
    """What the comparison reads of a node is what `ip` reads there."""

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(agent=built(), **{**LIKE_THE_RECORDED, "nodes": 2, "families": ("ipv4", "ipv6")}, encap="vxlan")
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()
        with tempfile.TemporaryDirectory() as folder:
            cls.node = record(cls.lab, "node1", f"{folder}/node")
        cls.names = {link["index"]: link["name"] for link in cls.node.links}

    def of_ip(self, *arguments):
        return json.loads(self.lab.node("node1").run(["ip", "-json", "-details", *arguments]).stdout)

    def test_links(self):
        by_ip = {
            (row["ifname"], row["mtu"], row["operstate"], row["address"], row.get("linkinfo", {}).get("info_kind"))
            for row in self.of_ip("link")
        }
        ours = {(row["name"], row["mtu"], row["operstate"], row["mac"], row["kind"]) for row in self.node.links}
        self.assertEqual(ours, by_ip)

    def test_attributes_of_vxlan(self):
        (by_ip,) = self.of_ip("link", "show", "vxlan.calico")
        data = by_ip["linkinfo"]["info_data"]
        (ours,) = [row["vxlan"] for row in self.node.links if row["name"] == "vxlan.calico"]
        self.assertEqual(
            (ours["id"], ours["local"], self.names[ours["link"]], ours["port"], bool(ours["learning"]), ours["ageing"]),
            (data["id"], data["local"], data["link"], data["port"], data["learning"], data["ageing"]),
        )

    def test_addresses(self):
        by_ip = {
            (row["ifname"], each["local"], each["prefixlen"], each["scope"])
            for row in self.of_ip("address") for each in row["addr_info"]
        }  # fmt: skip
        ours = {(self.names[row["index"]], row["address"], row["length"], row["scope"]) for row in self.node.addresses}
        self.assertEqual(ours, by_ip)

    def test_routes(self):
        protocols = {"kernel": 2, "boot": 3, "bird": 12, "80": 80}
        for family, flag, length in (("ipv4", "-4", 32), ("ipv6", "-6", 128)):
            by_ip = {
                (
                    row["dst"], row.get("gateway"), row.get("dev") if row["type"] == "unicast" else None,
                    row["type"], protocols[row["protocol"]], row.get("metric", 0), tuple(row["flags"]),
                    row.get("metrics", [{}])[0].get("mtu"),
                )
                for row in self.of_ip(flag, "route")
            }  # fmt: skip
            ours = {
                (
                    "default" if row["length"] == 0 else
                    row["destination"] + (f"/{row['length']}" if row["length"] < length else ""),
                    row["gateway"], self.names.get(row["index"]) if row["type"] == "unicast" else None, row["type"],
                    row["protocol"], row["metric"], tuple(row["flags"]), row["mtu"],
                )
                for row in self.node.routes if row["family"] == family and row["table"] == 254
            }  # fmt: skip
            self.assertEqual(ours, by_ip)

    def test_neighbors_and_forwarding_database(self):
        by_ip = {(row["dst"], row["dev"], row["lladdr"]) for row in self.of_ip("neigh", "show", "nud", "permanent")}
        ours = {
            (row["address"], self.names[row["index"]], row["mac"])
            for row in self.node.neighbors if row["state"] == ["PERMANENT"]
        }  # fmt: skip
        self.assertEqual(ours, by_ip)
        database = json.loads(self.lab.node("node1").run(["bridge", "-json", "fdb"]).stdout)
        self.assertEqual(
            sorted((row["mac"], self.names[row["index"]], row["address"] or "") for row in self.node.fdb),
            sorted((row["mac"], row["ifname"], row.get("dst", "")) for row in database),
        )

    def test_netconf(self):
        files = {"ipv4": ("forwarding", "proxy_arp", "rp_filter"), "ipv6": ("forwarding", "proxy_ndp")}
        for row in self.node.netconf:
            name = self.names.get(row["index"], row["index"])
            paths = [f"/proc/sys/net/{row['family']}/conf/{name}/{file}" for file in files[row["family"]]]
            by_proc = [int(text) for text in self.lab.node("node1").run(["cat", *paths]).stdout.split()]
            ours = [row[field] for field in ("forwarding", "proxy_neigh", "rp_filter") if row[field] is not None]
            self.assertEqual(ours, by_proc, paths)


class Lists(unittest.TestCase):
    """Of differences that are as they should be."""

    known = (Known("only lab: .*", "it is so", frozenset({"here"})),)

    def test_a_difference_that_is_not_listed_is_new(self):
        self.assertEqual(
            unexpected([("only real: mtu: 1", 2), ("only lab: mtu: 2", 1)], self.known, "here"),
            (["only real: mtu: 1 (2 times)"], []),
        )

    def test_a_listed_one_is_new_elsewhere(self):
        self.assertEqual(unexpected([("only lab: mtu", 1)], self.known, "there"), (["only lab: mtu"], []))

    def test_a_listed_one_that_is_gone_is_told(self):
        self.assertEqual(unexpected([], self.known, "here"), ([], ["only lab: .*"]))


if __name__ == "__main__":
    run_tests(CALIWATCH)
