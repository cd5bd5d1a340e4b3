# SPDX-License-Identifier: Apache-2.0
"""The pods of one node and the blocks their addresses come from."""

from __future__ import annotations

import threading

from calicolab import addressing, ping
from calicolab.errors import LabError
from calicolab.pod import Pod


class Pods:
    """Iterating gives the Pod objects."""

    def __init__(self, node):
        self._node = node
        self._by_name = {}
        self._lock = threading.Lock()

    def __iter__(self):
        return iter(list(self._by_name.values()))

    def __contains__(self, name):
        return name in self._by_name

    def __getitem__(self, name):
        if name not in self._by_name:
            raise LabError(f"{self._node.name} has no pod {name}; it has: {', '.join(self._by_name) or 'none'}")
        return self._by_name[name]

    def first(self, count=1, families=()):
        """The oldest pods that have addresses of these families; LabError where there are fewer."""
        found = [pod for pod in self if set(families) <= set(pod.addresses)]
        if len(found) < count:
            kind = f" with {' and '.join(families)}" if families else ""
            raise LabError(f"this needs {count} pods{kind} on {self._node.name}, which has {len(found)}")
        return found[:count]

    def add(self, count=1, name=None, addresses=None):
        """Returns `count` new running pods, by default with the next free addresses of its blocks."""
        pods = [self._reserve(name, addresses) for _ in range(count)]
        for pod in pods:
            pod.create()
            pod.plug_in()
            self._node.felix.pod_added(pod)
        self.greet(pods)
        return pods

    def delete(self, name):
        pod = self[name]
        pod.delete()
        del self._by_name[name]
        self._node.felix.pod_deleted(pod)

    def lead_back(self, pod):
        """The routes to the pod, as they were; none while another fault holds its interface down."""
        if pod.reachable():
            self._node.felix.program(pod)
            self.greet([pod])

    def greet(self, pods):
        """Pings the pods from the node, as kubelet's probes do, so that the kernel learns them as neighbors."""
        for family in self._node.families:
            addresses = [pod.addresses[family] for pod in pods if family in pod.addresses]
            ping.unanswered(self._node.namespace, family, addresses)

    def _reserve(self, name, addresses):
        with self._lock:
            index = self._free_index()
            name = name or f"default/{self._node.name}-pod{index}"
            if name in self._by_name:
                raise LabError(f"{self._node.name} already has a pod {name}")
            self._by_name[name] = Pod(name, self._node, addresses or self._addresses(index))
            return self._by_name[name]

    def _addresses(self, index):
        return {family: addressing.pod_address(family, self._node.octet, index) for family in self._node.families}

    def _free_index(self):
        taken = {address for pod in self for address in pod.addresses.values()}
        for index in range(1, addressing.last_pod(self._node.options.blocks) + 1):
            if not taken & set(self._addresses(index).values()):
                return index
        raise LabError(f"the blocks of {self._node.name} are full")
