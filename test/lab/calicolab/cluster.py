# SPDX-License-Identifier: Apache-2.0
"""The cluster, inside the sandbox: nodes on one bridge, a gateway (the sandbox's own namespace) and a monitor."""

from __future__ import annotations

import concurrent.futures
import json
import os
import time

from calicolab import addressing
from calicolab.bird import CONTROL
from calicolab.errors import LabError
from calicolab.netns import Namespace
from calicolab.node import Node
from calicolab.tools import find_bird

FOLDER = "/run/lab"
COMMANDS = "/run/lab/bin"  # birdc and birdc6 that know the node's socket


class Cluster:
    def __init__(self, options, say):
        self.options = options
        self.say = say  # takes one line of progress
        self.gateway = None
        self.monitor = None
        self.nodes = {}
        self.tools = None if options.bird == "none" else find_bird(options.bird)

    def create(self):
        os.makedirs(COMMANDS)
        os.makedirs("/run/netns")
        self._create_network()
        self.nodes = {
            name: Node(name, octet, self.options, self.tools, os.path.join(FOLDER, name))
            for name, octet in ((f"node{i}", octet) for i, octet in enumerate(self.options.octets, 1))
        }
        nodes = list(self.nodes.values())
        self.say(f"{len(nodes)} nodes on one network: {', '.join(f'{n.name} {n.address(n.families[0])}' for n in nodes)}")
        self._all(Node.create, nodes)
        self._plug_in(nodes)
        self._all(Node.connect, nodes)
        if self.tools:
            self._write_birdc()
            self.say(f"BIRD {self.tools.version} on each node, one for IPv4 and one for IPv6, configured as Calico does")
            self._all(self._start_bird, nodes)
        if self.options.pods:
            self.say(f"{self.options.pods} pods on each node")
            self._all(self._add_pods, nodes)

    def node(self, name):
        if name not in self.nodes:
            raise LabError(f"there is no node {name!r}; there are: {', '.join(self.nodes)}")
        return self.nodes[name]

    def place(self, name):
        """The namespace of a node, a pod (namespace/name), the monitor or the gateway."""
        special = {"gateway": self.gateway, "monitor": self.monitor}
        if name in special:
            return special[name]
        pods = [node.pods[name] for node in self.nodes.values() if name in node.pods]
        return pods[0].namespace if pods else self.node(name).namespace

    def environment(self, name):
        """For commands that run at a place: birdc finds the node's BIRD, scripts find the node's folders."""
        if name not in self.nodes:
            return dict(os.environ)
        node = self.nodes[name]
        return {
            **(self.tools.environment if self.tools else os.environ),
            "PATH": f"{COMMANDS}:{os.environ.get('PATH', '')}:/usr/sbin:/sbin",
            "CALICO_RUN_DIR": node.run_dir,
            "CALICO_LIB_DIR": node.lib_dir,
            "NETNS_DIR": node.netns_dir,
        }

    # BGP

    def wait_for_bgp(self, timeout=30):
        """Until every session of the mesh is established and every node's block is in every other node's kernel."""
        end = time.monotonic() + timeout
        while missing := self.missing():
            if time.monotonic() > end:
                raise LabError(f"after {timeout} s these are still missing: " + "; ".join(missing[:5]))
            time.sleep(0.1)

    def missing(self):
        """What a healthy cluster has and this one lacks, in words."""
        found = self._all(self._missing_on, list(self.nodes.values()))
        return [line for lines in found for line in lines]

    def _missing_on(self, node):
        others = [other for other in self.nodes.values() if other is not node]
        lines = []
        for family in node.families:
            if self.tools:
                sessions = node.birds[family].established() or []
                lines += [
                    f"{node.name}: session {name}"
                    for name in (addressing.protocol_name("Mesh", other.address(family)) for other in others)
                    if name not in sessions
                ]
            if not lines:
                routes = self._destinations(node, family)
                blocks = [addressing.block(family, other.octet) for other in others]
                lines += [f"{node.name}: route {block}" for block in blocks if block not in routes]
        return lines

    @staticmethod
    def _destinations(node, family):
        rows = json.loads(node.namespace.run("ip", "-json", "-4" if family == "ipv4" else "-6", "route"))
        return {row["dst"] for row in rows}

    def others(self, node):
        return [other for other in self.nodes.values() if other is not node]

    # Building

    def _create_network(self):
        self.gateway = Namespace("/proc/1/ns/net")
        self.monitor = Namespace.create("/run/netns/monitor")
        self.gateway.ip("link set lo up", "link add br0 type bridge mcast_snooping 0", "link set br0 up")
        self.gateway.sysctl("net/ipv4/ping_group_range", "0 0")
        self._join("monitor", self.monitor, addressing.MONITOR_OCTET)
        self.monitor.ip("link set eth0 up", *self._addresses(addressing.MONITOR_OCTET, "eth0"))
        self.gateway.ip(*self._addresses(addressing.GATEWAY_OCTET, "br0"))

    def _plug_in(self, nodes):
        for node in nodes:
            self._join(node.name, node.namespace, node.octet)

    def _join(self, name, namespace, octet):
        """A cable from the bridge to the namespace's eth0; its end at the bridge is called as the node."""
        self.gateway.ip(
            f"link add {name} type veth peer name eth0 address {addressing.host_mac(octet)} netns {namespace.path}",
            f"link set {name} master br0 up",
        )

    def _addresses(self, octet, device):
        for family in self.options.families:
            length = addressing.SUBNET_LENGTH[family]
            nodad = " nodad" if family == "ipv6" else ""
            yield f"addr add {addressing.host_address(family, octet)}/{length} dev {device}{nodad}"

    def _start_bird(self, node):
        node.configure_bird(self.others(node))
        for bird in node.birds.values():
            bird.start(recover=not self.options.peers)  # a dead peer would hold the first start for 240 s

    def _write_birdc(self):
        for name, family in (("birdc", "ipv4"), ("birdc6", "ipv6")):
            path = os.path.join(COMMANDS, name)
            with open(path, "w") as script:
                script.write(f'#!/bin/sh\nexec {self.tools.client[family]} -s "$CALICO_RUN_DIR/{CONTROL[family]}" "$@"\n')
            os.chmod(path, 0o755)

    def _add_pods(self, node):
        node.start_pods([node.new_pod() for _ in range(self.options.pods)])

    @staticmethod
    def _all(action, nodes):
        with concurrent.futures.ThreadPoolExecutor(max_workers=8) as pool:
            return list(pool.map(action, nodes))
