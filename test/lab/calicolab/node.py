# SPDX-License-Identifier: Apache-2.0
"""One node of the cluster: a namespace with eth0 on the common bridge, its BIRDs, its pods, Calico's folders."""

from __future__ import annotations

import os

from calicolab import addressing, ping
from calicolab.bird import Bird
from calicolab.birdconfig import BirdConfig
from calicolab.errors import LabError
from calicolab.netns import Namespace
from calicolab.options import Peer
from calicolab.pod import Pod


class Node:
    """`folder` is the node's own; below it are run/ (= /var/run/calico), lib/ (= /var/lib/calico) and netns/."""

    def __init__(self, name, octet, options, tools, folder):
        self.name = name
        self.octet = octet
        self.options = options
        self.families = options.families
        self.folder = folder
        self.run_dir = os.path.join(folder, "run")
        self.lib_dir = os.path.join(folder, "lib")
        self.netns_dir = os.path.join(folder, "netns")
        self.pod_mtu = 1450 if options.encap == "vxlan" else 1500
        self.pods = {}
        self.namespace = None
        self.birds = {}
        self._tools = tools

    def address(self, family):
        return addressing.host_address(family, self.octet)

    def create(self):
        """Folders, namespace and kernel settings; eth0 comes when the bridge is connected."""
        for folder in (self.run_dir, self.lib_dir, self.netns_dir):
            os.makedirs(folder)
        self._write(os.path.join(self.lib_dir, "nodename"), self.name)
        self._write(os.path.join(self.lib_dir, "mtu"), self.pod_mtu)
        self.namespace = Namespace.create(f"/run/netns/{self.name}")
        for setting, value in {
            "ipv4/conf/all/rp_filter": 0,
            "ipv4/conf/default/rp_filter": 0,
            "ipv4/conf/all/forwarding": 1,
            "ipv6/conf/all/forwarding": 1,
            "ipv6/conf/default/accept_dad": 0,
        }.items():
            self.namespace.sysctl(f"net/{setting}", value)

    def connect(self):
        """Addresses and the default route, without which proxy ARP gives pods no answer."""
        self.namespace.ip("link set eth0 up", *self.uplink())

    def uplink(self):
        for family in self.families:
            nodad = " nodad" if family == "ipv6" else " brd +"
            yield f"addr add {self.address(family)}/{addressing.SUBNET_LENGTH[family]} dev eth0{nodad}"
        for family in self.families:
            yield f"route add default via {addressing.host_address(family, addressing.GATEWAY_OCTET)} dev eth0"

    # BIRD

    def configure_bird(self, others):
        """Both daemons get the mesh of this node and `others`; the second is as good as idle without IPv6."""
        for family in addressing.SUBNET_LENGTH:
            if family not in self.birds:
                self.birds[family] = Bird(family, self.name, self._tools, self.folder, self.run_dir, self.namespace)
            self.birds[family].configure(self._bird_config(family, others))

    def _bird_config(self, family, others):
        peers = [Peer(other.address(family)) for other in others if family in self.families]
        peers += [
            peer for peer in self.options.peers
            if addressing.family_of(peer.address) == family and peer.node in (None, self.name)
        ]  # fmt: skip
        return BirdConfig(
            self._tools.major, family, self.log_path(family), self.address("ipv4"),
            self.address(family) if family in self.families else None,
            [addressing.block(family, self.octet)] if family in self.families else [],
            peers, self.options.hold_time, self.options.graceful_restart_wait, self.options.graceful_restart_time,
        )  # fmt: skip

    def log_path(self, family):
        return os.path.join(self.folder, "bird.log" if family == "ipv4" else "bird6.log")

    # Pods

    def add_pod(self, name=None, addresses=None):
        """Adds a running pod with the next free addresses of the block, unless they are given."""
        pod = self.new_pod(name, addresses)
        self.start_pods([pod])
        return pod

    def new_pod(self, name=None, addresses=None):
        index = self._free_index()
        name = name or f"default/{self.name}-pod{index}"
        if name in self.pods:
            raise LabError(f"{self.name} already has a pod {name}")
        pod = Pod(name, self, addresses or {family: addressing.pod_address(family, self.octet, index) for family in self.families})
        self.pods[name] = pod
        return pod

    def start_pods(self, pods):
        for pod in pods:
            pod.create()
            pod.plug_in()
            if self.options.endpoint_status:
                self._write_status(pod)
        self.greet(pods)

    def delete_pod(self, name):
        pod = self.pod(name)
        del self.pods[name]
        pod.delete()
        if self.options.endpoint_status:
            os.unlink(self.status_path(pod))

    def pod(self, name):
        if name not in self.pods:
            raise LabError(f"{self.name} has no pod {name}; it has: {', '.join(self.pods) or 'none'}")
        return self.pods[name]

    def greet(self, pods):
        """Pings the pods from the node, as kubelet's probes do, so that the kernel learns them as neighbors."""
        for family in self.families:
            ping.unanswered(self.namespace, family, [pod.addresses[family] for pod in pods if family in pod.addresses])

    def status_path(self, pod):
        return os.path.join(self.run_dir, "endpoint-status", pod.status_file()[0])

    def _write_status(self, pod):
        os.makedirs(os.path.join(self.run_dir, "endpoint-status"), exist_ok=True)
        self._write(self.status_path(pod), pod.status_file()[1])

    def _free_index(self):
        """The first pod number whose addresses nobody has; a /26 ends at 63, the broadcast-like last one stays free."""
        taken = {address for pod in self.pods.values() for address in pod.addresses.values()}
        for index in range(1, 63):
            if not taken & {addressing.pod_address(family, self.octet, index) for family in self.families}:
                return index
        raise LabError(f"the block of {self.name} is full")

    @staticmethod
    def _write(path, text):
        with open(path, "w") as out:
            out.write(str(text))
