# SPDX-License-Identifier: Apache-2.0
"""Virtual machines of KubeVirt that keep their address when they move to another node, as Calico has them from 3.32 on:
one handle for the machine, and beside the record's owner the one that takes over (libcalico-go/lib/ipam/vmipam).
A stand-in: nothing of KubeVirt runs here."""

import hashlib

from harness.calico_cluster import Running
from harness.cluster_objects import pod, pods_of, running


class VirtualMachine:
    """In a CalicoCluster. Its pods are virt-launcher-NAME-1, -2 …: each step of its migrations is a call."""

    def __init__(self, cluster, name, on):
        self._cluster = cluster
        self._name = name
        self._pods = 0
        self._handle = f"k8s-pod-network.vmi.default.{name}"
        self._pod = self._put_pod(on)
        self._target = None
        self.address = cluster.ipam.assign(self._pod, on, self._handle)
        self._plug(self._pod, on)

    def begin_migration(self, to):
        """The target's pod runs there and has the address, too; traffic still goes to the source."""
        self._target = self._put_pod(to)
        self._cluster.ipam.set_owners(self.address, self._owner(self._pod), alternate=(self._target, to))
        self._plug(self._target, to)

    def hand_over(self):
        """Felix of the target's node has seen the machine there: owner and who is to be change places."""
        source, target = (self._owner(name) for name in (self._pod, self._target))
        self._cluster.ipam.set_owners(self.address, target, alternate=source)

    def end_migration(self):
        """The source's pod is over, and then gone: its address is not released, since the target has it."""
        self._cluster.ask_to_stop(self._pod)
        target = self._owner(self._target)
        self._cluster.unplug(self._pod)
        self._cluster.ipam.set_owners(self.address, target)
        self._cluster.delete_object(self._pod)
        self._pod, self._target = self._target, None

    def _owner(self, name):
        return name, self._cluster.pods[name].node

    def _put_pod(self, on):
        self._pods += 1
        name = f"default/virt-launcher-{self._name}-{self._pods}"
        body = pod(name, on, self._container(name))
        body["metadata"]["labels"] = {"kubevirt.io": "virt-launcher", "vm.kubevirt.io/name": self._name}
        self._cluster.api.put(pods_of("default"), body, {"phase": "Pending"})
        return name

    @staticmethod
    def _container(name):
        return hashlib.sha256(name.encode()).hexdigest()

    def _plug(self, name, on):
        self._cluster.plug(name, Running(on, self._container(name), self._handle, self.address))
        self._cluster.api.put_status(f"{pods_of('default')}/{name.partition('/')[2]}", running(self.address))
