# SPDX-License-Identifier: Apache-2.0
"""A cluster as data: nodes, pods, Calico's records of them, and what the nodes' kernels have. Its steps write what
kubelet, the CNI plugin and Calico write, in their order; scenes leave some of them out."""

import dataclasses
import hashlib
import ipaddress
from datetime import UTC, datetime

from calicolab.addressing import veth_name
from harness.calico_ipam import CalicoIpam, handle_of
from harness.cluster_objects import NODES, node, pod, pods_of, running


@dataclasses.dataclass
class Running:
    """A pod's sandbox."""

    node: str
    container: str
    handle: str
    address: str


class CalicoCluster:
    """api: a Kube or ObjectFiles. store: where Calico's records go, see calico_ipam; records: what it has already.
    endpoints: whether Calico keeps WorkloadEndpoints there, as it does in etcd. ago: by how many seconds earlier all is
    to have happened; only where `api` is told the same."""

    def __init__(self, api, store, records=(), endpoints=False, ago=0):
        self.api = api
        self.ipam = CalicoIpam(store, dict(records), ago)
        self._endpoints = endpoints
        self._containers = 0
        self._first_blocks = {}  # {node: CIDR}: which one a node claims when it has none
        self._addresses = {}  # of the nodes
        # What each node's kernel has: {node: {(address, interface): pod}}
        self.kernels = {}
        self.pods = {}  # {"namespace/name": Running}

    def add_node(self, name, address, block=None):
        self.api.put(NODES, *node(name, address))
        self.kernels[name] = {}
        self._addresses[name] = address
        if block:
            self._first_blocks[name] = block
            self.ipam.claim(name, block)

    def remove_node(self, name):
        """The machine and its object are gone, and with them what its kernel had and the pods that ran there (pod
        garbage collection deletes those). Their records are left."""
        self.api.delete(f"{NODES}/{name}")
        del self.kernels[name]
        for pod_name, running_pod in list(self.pods.items()):
            if running_pod.node == name:
                del self.pods[pod_name]
                self.delete_object(pod_name)

    def start_pod(self, name, on, handle=None):
        """From the record to the address that the pod tells; the address."""
        self._containers += 1
        container = hashlib.sha256(f"{name} {on} {self._containers}".encode()).hexdigest()
        handle = handle or handle_of(container)
        self.api.put(pods_of(name.partition("/")[0]), pod(name, on, container), {"phase": "Pending"})
        if self.ipam.next_address(on) is None:
            self.ipam.claim(on, self._first_blocks[on])
        address = self.ipam.assign(name, on, handle)
        self.plug(name, Running(on, container, handle, address))
        self.api.put_status(_path(name), running(address))
        return address

    def plug(self, name, sandbox):
        """The pod's interface and route on its node, and its endpoint."""
        interface = veth_name(name)
        # A route leads to one of two with an address: to the newer.
        self.kernels[sandbox.node][sandbox.address, interface] = name
        self.pods[name] = sandbox
        if self._endpoints:
            self.ipam.put_endpoint(name, sandbox.node, sandbox.container, sandbox.address, interface)

    def stop_pod(self, name, object_first=False):
        """A whole deletion; of the object first where it is deleted by force."""
        self.ask_to_stop(name)
        if object_first:
            self.delete_object(name)
        sandbox = self.unplug(name)
        self.ipam.release_handle(sandbox.handle)
        if not object_first:
            self.delete_object(name)

    def next_address(self, on):
        """That the next pod there would get. A node without a block claims the one it had: Calico looks for it by the
        hash of the node's name."""
        return self.ipam.next_address(on) or str(ipaddress.ip_network(self._first_blocks[on])[0])

    def in_use(self):
        """Addresses that some node has at a pod's interface."""
        return {address for kernel in self.kernels.values() for address, _ in kernel}

    def ask_to_stop(self, name, grace_seconds=1):
        self.api.delete(_path(name), grace_seconds)

    def unplug(self, name):
        sandbox = self.pods.pop(name)
        del self.kernels[sandbox.node][sandbox.address, veth_name(name)]
        if self._endpoints:
            self.ipam.delete_endpoint(name, sandbox.node)
        return sandbox

    def delete_object(self, name):
        self.api.delete(_path(name))

    def forget(self, name):
        """`kubectl delete --force`: the object has gone, and nothing else."""
        del self.pods[name]
        self.delete_object(name)

    def unplug_left(self, on, name):
        """A node takes down what it still has of a pod that runs elsewhere now, or is forgotten."""
        for address, interface in list(self.kernels[on]):
            if interface == veth_name(name):
                del self.kernels[on][address, interface]
        if self._endpoints:
            self.ipam.delete_endpoint(name, on)

    def delete_calico_node(self, name, block):
        """As `calicoctl delete node`: endpoints, their addresses, and the claim to its block."""
        for address in self.ipam.delete_endpoints(name):
            self.ipam.release_address(address)
        self.ipam.release_affinity(name, block)

    def blocks_of(self, name):
        return [cidr for cidr, block in self.ipam.blocks().items() if block["affinity"] == f"host:{name}"]

    def workloads(self, name):
        """What the node's agent answers to GET /api/v1/workloads. A stand-in for it; one of a real agent is compared
        with it in workloads_test.py."""
        rows = sorted(self.kernels[name].items())
        newest = {address: interface for (address, interface), _ in self.kernels[name].items()}
        workloads = [
            {
                "address": address, "interface": interface, "pod": pod_name, "owner": f"pod {pod_name}",
                "interface_is_there": True, "has_route": newest[address] == interface, "has_endpoint": True,
                "has_neighbor": newest[address] == interface, "unchanged_seconds": 3600,
            }
            for (address, interface), pod_name in rows
        ]  # fmt: skip
        own = [{"address": self._addresses[name], "interface": "eth0", "is_tunnel": False}]
        sources = ["links", "routes", "neighbors", "addresses", "endpoint_status"]
        return {
            "format": 1, "node": name, "taken_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "observed_seconds": 3600, "sources": [{"source": source, "error": None} for source in sources],
            "workloads": workloads, "unlisted": 0, "own_addresses": own, "blocks": self.blocks_of(name),
        }  # fmt: skip


def _path(pod_name):
    namespace, _, name = pod_name.partition("/")
    return f"{pods_of(namespace)}/{name}"
