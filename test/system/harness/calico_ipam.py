# SPDX-License-Identifier: Apache-2.0
"""Calico's IPAM as tests need it: which records it writes and takes away, in which order, when pods come and go. A
stand-in: it does what Calico 3.32's was seen to do (recordings/calico, and libcalico-go's lib/ipam), one client at a
time, IPv4 alone.

Where the records go is the store's business: `put(key, value)` and `delete(key)` with Calico's etcd keys."""

import ipaddress
import json
from datetime import UTC, datetime, timedelta

_BLOCKS = "/calico/ipam/v2/assignment/ipv4/block/"
_HANDLES = "/calico/ipam/v2/handle/"
_ENDPOINTS = "/calico/resources/v3/projectcalico.org/workloadendpoints/"
_NETWORK = "k8s-pod-network"


def handle_of(container):
    """Whose addresses go together; before 2018 it was the pod, "namespace.name"."""
    return f"{_NETWORK}.{container}"


def _key(cidr):
    return cidr.replace("/", "-")


class CalicoIpam:
    """records: {key: value} that the store already has. ago: by how many seconds earlier all is to have happened."""

    def __init__(self, store, records, ago=0):
        self._store = store
        self.ago = ago
        self.records = dict(records)
        self._sequence = 1795794740049790595

    def _put(self, key, value):
        self.records[key] = value
        self._store.put(key, value)

    def _delete(self, key):
        del self.records[key]
        self._store.delete(key)

    def blocks(self):
        """{CIDR: block}; a copy each, as a client reads it."""
        return {value["cidr"]: _copy(value) for key, value in self.records.items() if key.startswith(_BLOCKS)}

    def claim(self, node, cidr):
        """An empty block for a node: pending, the block, confirmed."""
        affinity = f"/calico/ipam/v2/host/{node}/ipv4/block/{_key(cidr)}"
        self._put(affinity, {"state": "pending", "deleted": False})
        size = ipaddress.ip_network(cidr).num_addresses
        self._put_block({
            "cidr": cidr, "affinity": f"host:{node}", "affinity_claim_time": self._now("%Y-%m-%dT%H:%M:%SZ"),
            "allocations": [None] * size, "unallocated": list(range(size)), "attributes": [],
            "sequenceNumberForAllocation": {}, "deleted": False,
        })  # fmt: skip
        self._put(affinity, {"state": "confirmed", "deleted": False})

    def _put_block(self, block):
        self._sequence += 1
        self._put(_BLOCKS + _key(block["cidr"]), {**block, "sequenceNumber": self._sequence})

    def next_address(self, node):
        """That a pod there would get; None where no block of the node has one."""
        block = self._block_with_room(node)
        return block and str(ipaddress.ip_network(block["cidr"])[block["unallocated"][0]])

    def _block_with_room(self, node):
        for block in self.records.values():
            if block.get("affinity") == f"host:{node}" and block["unallocated"]:
                return _copy(block)

    def assign(self, pod, node, handle):
        """The next address of one of the node's blocks; `pod` is "namespace/name"."""
        block = self._block_with_room(node)
        if block is None:
            raise LookupError(f"no free address in the blocks of {node}")
        ordinal = block["unallocated"].pop(0)
        secondary = {**_attributes(pod, node), "timestamp": self._now("%Y-%m-%d %H:%M:%S.%f +0000 UTC")}
        block["allocations"][ordinal] = len(block["attributes"])
        block["attributes"].append({"handle_id": handle, "secondary": secondary})
        block["sequenceNumberForAllocation"][str(ordinal)] = self._sequence
        self._count(handle, block["cidr"], 1)
        self._put_block(block)
        return str(ipaddress.ip_network(block["cidr"])[ordinal])

    def set_owners(self, address, active, alternate=None):
        """Of a virtual machine's address; each is ("namespace/name" of a pod, its node)."""
        block, ordinal = self._assigned(address)
        held = block["attributes"][block["allocations"][ordinal]]
        held["secondary"] = {**held["secondary"], **_attributes(*active)}
        held.pop("alternate", None)
        if alternate:
            held["alternate"] = _attributes(*alternate)
        self._put_block(block)

    def _count(self, handle, cidr, change):
        """The handle goes first when an address is taken, and last when it is released."""
        held = self.records.get(_HANDLES + handle, {}).get("block", {})
        held = {**held, cidr: held.get(cidr, 0) + change}
        held = {block: number for block, number in held.items() if number > 0}
        if held:
            self._put(_HANDLES + handle, {"block": held, "deleted": False})
        elif _HANDLES + handle in self.records:
            self._delete(_HANDLES + handle)

    def release_handle(self, handle):
        """What the CNI plugin does when a sandbox goes: all that the handle holds. Fine where it holds nothing."""
        for cidr in list(self.records.get(_HANDLES + handle, {}).get("block", {})):
            block = _copy(self.records[_BLOCKS + _key(cidr)])
            its_own = [index for index, held in enumerate(block["attributes"]) if held["handle_id"] == handle]
            self._free(block, [ordinal for ordinal, index in enumerate(block["allocations"]) if index in its_own])

    def release_address(self, address):
        """As `calicoctl ipam release --ip=ADDRESS`. LookupError where it is not assigned."""
        block, ordinal = self._assigned(address)
        self._free(block, [ordinal])

    def release_by_report(self, told):
        """As `calicoctl ipam release --from-report` with an allocation of the report. LookupError, and it stays, where
        another took the address since."""
        block, ordinal = self._assigned(told["ip"])
        taken = block["sequenceNumberForAllocation"][str(ordinal)]
        handle = block["attributes"][block["allocations"][ordinal]]["handle_id"]
        if (told["sequenceNumber"], told["handle"]) != (taken, handle):
            raise LookupError(f"{told['ip']} is now of {handle}, by {taken}")
        self._free(block, [ordinal])

    def _assigned(self, address):
        """(block, ordinal)"""
        for cidr, block in self.blocks().items():
            if ipaddress.ip_address(address) in ipaddress.ip_network(cidr):
                ordinal = int(ipaddress.ip_address(address)) - int(ipaddress.ip_network(cidr)[0])
                if block["allocations"][ordinal] is not None:
                    return block, ordinal
        raise LookupError(f"{address} is not assigned")

    def _free(self, block, ordinals):
        for ordinal in ordinals:
            index = block["allocations"][ordinal]
            handle = block["attributes"][index]["handle_id"]
            block["allocations"][ordinal] = None
            block["unallocated"].append(ordinal)  # given again last
            block["sequenceNumberForAllocation"].pop(str(ordinal), None)
            if index not in block["allocations"]:
                del block["attributes"][index]
                block["allocations"] = [a - 1 if a is not None and a > index else a for a in block["allocations"]]
            self._put_block(block)
            self._count(handle, block["cidr"], -1)

    def release_affinity(self, node, cidr):
        """What calico-kube-controllers do for a node that is gone, and `calicoctl delete node`."""
        self._delete(f"/calico/ipam/v2/host/{node}/ipv4/block/{_key(cidr)}")
        block = self.blocks()[cidr]
        if all(a is None for a in block["allocations"]):
            self._delete(_BLOCKS + _key(cidr))
        else:
            self._put_block({**block, "affinity": None})

    def wipe(self):
        """Everything below /calico/ipam/v2, as an upgrade that went wrong left it."""
        for key in [key for key in self.records if key.startswith("/calico/ipam/v2/")]:
            self._delete(key)

    def put_endpoint(self, pod, node, container, address, interface):
        """The pod as the CNI plugin notes it in etcd; the Kubernetes API has the pod itself for that."""
        namespace, _, name = pod.partition("/")
        endpoint = _endpoint(node, name)
        self._put(f"{_ENDPOINTS}{namespace}/{endpoint}", {
            "kind": "WorkloadEndpoint", "apiVersion": "projectcalico.org/v3",
            "metadata": {"name": endpoint, "namespace": namespace, "creationTimestamp": self._now("%Y-%m-%dT%H:%M:%SZ"),
                         "labels": {"projectcalico.org/namespace": namespace, "projectcalico.org/orchestrator": "k8s"}},
            "spec": {"orchestrator": "k8s", "node": node, "containerID": container, "pod": name, "endpoint": "eth0",
                     "ipNetworks": [f"{address}/32"], "interfaceName": interface},
        })  # fmt: skip

    def _now(self, form):
        return (datetime.now(UTC) - timedelta(seconds=self.ago)).strftime(form)

    def delete_endpoint(self, pod, node):
        namespace, _, name = pod.partition("/")
        self._delete(f"{_ENDPOINTS}{namespace}/{_endpoint(node, name)}")

    def delete_endpoints(self, node):
        """All of a node; their addresses."""
        keys = [key for key in self.records if key.startswith(_ENDPOINTS) and self.records[key]["spec"]["node"] == node]
        addresses = [net.partition("/")[0] for key in keys for net in self.records[key]["spec"]["ipNetworks"]]
        for key in keys:
            self._delete(key)
        return addresses


def _attributes(pod, node):
    namespace, _, name = pod.partition("/")
    return {"namespace": namespace, "node": node, "pod": name}


def _copy(value):
    return json.loads(json.dumps(value))


def _endpoint(node, pod):
    return f"{node.replace('-', '--')}-k8s-{pod.replace('-', '--')}-eth0"
