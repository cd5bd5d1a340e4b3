#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The stand-in for Calico's IPAM writes what the real one was recorded to write, in etcd's form and as custom
resources."""

import unittest

from harness.calico_ipam import CalicoIpam, handle_of
from harness.calico_objects import custom_resource, dump, dumped
from harness.main import run_tests
from harness.tools import ROOT

REAL = dumped((ROOT / "test/recordings/calico/etcd/healthy.json").read_text())
BLOCKS = {"n1": "10.48.40.128/26", "n2": "10.48.217.0/26", "n3": "10.48.98.0/26"}


class Nothing:
    """A store that keeps nothing; what was written is counted."""

    def __init__(self):
        self.writes = []

    def put(self, key, _):
        self.writes.append(key)

    def delete(self, key):
        self.writes.append(f"- {key}")


def cluster_of_the_recording():
    ipam = CalicoIpam(Nothing(), {})
    for node, block in BLOCKS.items():
        ipam.claim(node, block)
        for letter in "abc":
            name = f"pod{node[1]}{letter}"
            ipam.assign(f"default/{name}", node, handle_of(f"{name}000000000000000{node}"))
    return ipam


def of_ipam(records):
    """Without what differs from run to run: times, and numbers that start with one."""
    kept = [key for key in records if key.startswith("/calico/ipam/v2/") and key != "/calico/ipam/v2/config"]
    return {key: _timeless(records[key]) for key in kept}


def _timeless(value):
    value = dict(value)
    for changing in ("sequenceNumber", "affinity_claim_time"):
        value.pop(changing, None)
    if "sequenceNumberForAllocation" in value:
        value["sequenceNumberForAllocation"] = sorted(value["sequenceNumberForAllocation"])
        value["attributes"] = [
            {**held, "secondary": {**held["secondary"], "timestamp": "then"}} for held in value["attributes"]
        ]
    return value


class TheStandIn(unittest.TestCase):
    maxDiff = None

    def test_writes_what_calico_wrote(self):
        self.assertEqual(of_ipam(cluster_of_the_recording().records), of_ipam(REAL))

    def test_takes_the_handle_first_and_releases_it_last(self):
        ipam = CalicoIpam(store := Nothing(), {})
        ipam.claim("n1", BLOCKS["n1"])
        del store.writes[:]
        ipam.assign("default/web", "n1", handle_of("abc"))
        ipam.release_handle(handle_of("abc"))
        block = "/calico/ipam/v2/assignment/ipv4/block/10.48.40.128-26"
        handle = "/calico/ipam/v2/handle/k8s-pod-network.abc"
        self.assertEqual(store.writes, [handle, block, block, f"- {handle}"])

    def test_gives_a_released_address_again_last_and_keeps_the_others_owners(self):
        ipam = cluster_of_the_recording()
        ipam.release_address("10.48.40.128")
        block = ipam.blocks()["10.48.40.128/26"]
        self.assertEqual(block["allocations"][:4], [None, 0, 1, None])
        self.assertEqual([held["secondary"]["pod"] for held in block["attributes"]], ["pod1b", "pod1c"])
        self.assertEqual(block["unallocated"][-1], 0)
        self.assertNotIn("/calico/ipam/v2/handle/k8s-pod-network.pod1a000000000000000n1", ipam.records)

    def test_reads_and_writes_a_dump(self):
        self.assertEqual(dumped(dump(REAL)), REAL)


class CustomResources(unittest.TestCase):
    def object_of(self, key):
        return custom_resource(key, REAL[key])

    def test_of_a_block(self):
        key = "/calico/ipam/v2/assignment/ipv4/block/10.48.40.128-26"
        plural, body = self.object_of(key)
        self.assertEqual((plural, body["metadata"]["name"]), ("ipamblocks", "10-48-40-128-26"))
        self.assertEqual(body["spec"], REAL[key])

    def test_of_a_handle(self):
        handle = "k8s-pod-network.pod1a000000000000000n1"
        plural, body = custom_resource(f"/calico/ipam/v2/handle/{handle.upper()}", {"block": {"10.48.40.128/26": 1}})
        self.assertEqual((plural, body["metadata"]["name"]), ("ipamhandles", handle))
        self.assertEqual(body["spec"], {"handleID": handle.upper(), "block": {"10.48.40.128/26": 1}})

    def test_of_an_affinity(self):
        plural, body = self.object_of("/calico/ipam/v2/host/n1/ipv4/block/10.48.40.128-26")
        self.assertEqual((plural, body["metadata"]["name"]), ("blockaffinities", "n1-10-48-40-128-26"))
        wanted = {"node": "n1", "cidr": "10.48.40.128/26", "type": "host", "state": "confirmed", "deleted": "false"}
        self.assertEqual(body["spec"], wanted)
        _, body = custom_resource("/calico/ipam/v2/host/n1/ipv6/block/fd00:48::-122", {"state": "pending"})
        self.assertEqual(body["metadata"]["name"], "n1-fd00-48---122")
        self.assertEqual(body["spec"]["cidr"], "fd00:48::/122")

    def test_of_the_configuration_and_of_a_pool(self):
        plural, body = self.object_of("/calico/ipam/v2/config")
        self.assertEqual((plural, body["metadata"]["name"]), ("ipamconfigs", "default"))
        self.assertEqual(body["spec"], {"autoAllocateBlocks": True, "kubeVirtVMAddressPersistence": "Enabled"})
        plural, body = self.object_of("/calico/resources/v3/projectcalico.org/ippools/default-ipv4-ippool")
        self.assertEqual((plural, body["spec"]["cidr"]), ("ippools", "10.48.0.0/16"))

    def test_of_what_kubernetes_has_itself(self):
        self.assertIsNone(self.object_of("/calico/resources/v3/projectcalico.org/nodes/n1"))
        endpoint = "/calico/resources/v3/projectcalico.org/workloadendpoints/default/n1-k8s-pod1a-eth0"
        self.assertIsNone(self.object_of(endpoint))


if __name__ == "__main__":
    run_tests(lab=False)
