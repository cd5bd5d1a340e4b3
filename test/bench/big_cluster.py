# SPDX-License-Identifier: Apache-2.0
"""A cluster as large as they come, as data: nodes with four blocks each, five pods a block, all of it healthy."""

import hashlib
import ipaddress

BLOCKS_PER_NODE, PODS_PER_BLOCK = 4, 5
CALICO = "crd.projectcalico.org/v1"
MADE = "2026-01-31T12:00:00Z"
FIRST_NODE = int(ipaddress.ip_address("127.1.0.1"))
_FIRST_BLOCK = int(ipaddress.ip_address("10.64.0.0"))


class BigCluster:
    def __init__(self, nodes):
        self.nodes = nodes
        self.blocks = nodes * BLOCKS_PER_NODE
        self.pods = self.blocks * PODS_PER_BLOCK
        self._lives = {}  # {pod: how many it has had before}, of those that are not in their first

    def renew(self, pod):
        """Another pod in its place, with its address."""
        self._lives[pod] = self._lives.get(pod, 0) + 1

    def pod_name(self, pod):
        return f"web-{pod}-{self._lives.get(pod, 0)}"

    def container(self, pod):
        return hashlib.sha256(self.pod_name(pod).encode()).hexdigest()

    @staticmethod
    def node_name(node):
        return f"worker-{node:05}.cluster.example"

    @staticmethod
    def node_address(node):
        return str(ipaddress.ip_address(FIRST_NODE + node))

    @staticmethod
    def cidr(block):
        return f"{ipaddress.ip_address(_FIRST_BLOCK + block * 64)}/26"

    @classmethod
    def block_name(cls, block):
        return cls.cidr(block).replace(".", "-").replace("/", "-")

    @staticmethod
    def address(pod):
        block, ordinal = divmod(pod, PODS_PER_BLOCK)
        return str(ipaddress.ip_address(_FIRST_BLOCK + block * 64 + ordinal))

    @staticmethod
    def node_of(pod):
        return pod // PODS_PER_BLOCK // BLOCKS_PER_NODE

    def pod(self, pod):
        """(object, status), as short as they can be."""
        annotations = {
            "cni.projectcalico.org/containerID": self.container(pod),
            "cni.projectcalico.org/podIP": f"{self.address(pod)}/32",
            "cni.projectcalico.org/podIPs": f"{self.address(pod)}/32",
        }
        labels = {"app.kubernetes.io/name": "web", "pod-template-hash": "6f9c5d8b7"}
        metadata = {
            "name": self.pod_name(pod), "namespace": "default", "labels": labels, "annotations": annotations,
        }  # fmt: skip
        containers = [{"name": "main", "image": "registry.example/web:1.2.3"}]
        body = {"metadata": metadata, "spec": {"nodeName": self.node_name(self.node_of(pod)), "containers": containers}}
        address = self.address(pod)
        return body, {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}]}

    def node(self, node):
        """(object, status)"""
        addresses = [{"type": "InternalIP", "address": self.node_address(node)}]
        return {"metadata": {"name": self.node_name(node)}}, {"addresses": addresses}

    def block(self, block):
        node = self.node_name(block // BLOCKS_PER_NODE)
        pods = range(block * PODS_PER_BLOCK, (block + 1) * PODS_PER_BLOCK)
        taken = len(pods)
        attributes = [
            {
                "handle_id": self.handle_name(pod),
                "secondary": {
                    "namespace": "default", "node": node, "pod": self.pod_name(pod),
                    "timestamp": "2026-01-31 12:00:00.875684767 +0000 UTC",
                },
            }
            for pod in pods
        ]  # fmt: skip
        spec = {
            "cidr": self.cidr(block), "affinity": f"host:{node}", "affinityClaimTime": MADE, "strictAffinity": False,
            "allocations": [*range(taken), *[None] * (64 - taken)], "unallocated": [*range(taken, 64)],
            "attributes": attributes, "sequenceNumber": 1795794740049790595, "deleted": False,
            "sequenceNumberForAllocation": {str(ordinal): 1795794740049790595 for ordinal in range(taken)},
        }  # fmt: skip
        return {"metadata": {"name": self.block_name(block)}, "spec": spec}

    def handle_name(self, pod):
        return f"k8s-pod-network.{self.container(pod)}"

    def handle(self, pod):
        spec = {"handleID": self.handle_name(pod), "block": {self.cidr(pod // PODS_PER_BLOCK): 1}, "deleted": False}
        return {"metadata": {"name": self.handle_name(pod)}, "spec": spec}

    def affinity(self, block):
        node = self.node_name(block // BLOCKS_PER_NODE)
        spec = {"node": node, "cidr": self.cidr(block), "state": "confirmed", "type": "host", "deleted": "false"}
        return {"metadata": {"name": f"{node}-{self.block_name(block)}"}, "spec": spec}

    def pool(self):
        return {"metadata": {"name": "default"}, "spec": {"cidr": "10.0.0.0/8", "blockSize": 26, "ipipMode": "Always"}}

    def workloads(self, node):
        """What the node's agent answers to GET /api/v1/workloads."""
        first = node * BLOCKS_PER_NODE
        pods = range(first * PODS_PER_BLOCK, (first + BLOCKS_PER_NODE) * PODS_PER_BLOCK)
        rows = [
            {
                "address": self.address(pod), "interface": f"cali{self.container(pod)[:11]}",
                "pod": f"default/{self.pod_name(pod)}", "owner": f"pod default/{self.pod_name(pod)}",
                "interface_is_there": True, "has_route": True, "has_endpoint": True, "has_neighbor": True,
                "unchanged_seconds": 3600.0,
            }
            for pod in pods
        ]  # fmt: skip
        own = [{"address": self.node_address(node), "interface": "eth0", "is_tunnel": False}]
        sources = ["links", "routes", "neighbors", "addresses", "endpoint_status"]
        return {
            "format": 1, "node": self.node_name(node), "taken_at": "2026-01-31T13:00:00.000Z",
            "observed_seconds": 3600.0, "sources": [{"source": source, "error": None} for source in sources],
            "workloads": rows, "unlisted": 0, "own_addresses": own,
            "blocks": [self.cidr(block) for block in range(first, first + BLOCKS_PER_NODE)],
        }  # fmt: skip
