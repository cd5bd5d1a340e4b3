# SPDX-License-Identifier: Apache-2.0
"""The cluster, inside the sandbox: which nodes there are and what each knows of the others."""

from __future__ import annotations

import concurrent.futures
import os

from calicolab import health, musl
from calicolab.errors import LabError
from calicolab.network import Network
from calicolab.node import Node
from calicolab.shell import Shell
from calicolab.tools import find_bird
from calicolab.waiting import eventually

FOLDER = "/run/lab"
_FIRST_ROUTER = 180


class Cluster:
    """`say` takes a line of progress."""

    def __init__(self, options, say):
        self.options = options
        self.say = say
        self.tools = None if options.bird == "none" else find_bird(options.bird)
        self.shell = Shell(os.path.join(FOLDER, "bin"), self.tools, options.agent)
        self.network = Network(options.families)
        self.nodes = {}  # in the order they joined
        self.faults = []  # calicolab.faults.Fault, the latest last
        self._environment_of_birds = None  # the lab's own
        self.forwards = {}  # node name -> calicolab.forward.Forward to its agent

    def create(self):
        os.makedirs("/run/netns")
        self.shell.create()
        if self.options.libc == "musl":
            self._environment_of_birds = musl.build(FOLDER)
        self.network.create()
        for peer in self.options.peers:
            self.network.add_dead_peer(peer.address, peer.dead)
        nodes = [self._new_node(f"node{i}", octet, "Mesh") for i, octet in enumerate(self.options.octets, 1)]
        nodes += [
            self._new_node(f"router{i}", _FIRST_ROUTER + i, kind) for i, kind in enumerate(self.options.routers, 1)
        ]
        for node in nodes[self.options.nodes - self.options.reflectors : self.options.nodes]:
            node.reflects = True
        self.say(f"on one network: {', '.join(f'{node.name} {node.address(node.families[0])}' for node in nodes)}")
        self._each(self._build, nodes)
        self._say_plan()
        self._each(self._join, nodes)

    def add_node(self, name, octet):
        """A node joins a running cluster: every other one is reconfigured, as confd does it."""
        if name in self.nodes or octet in [node.octet for node in self.nodes.values()]:
            raise LabError(f"the cluster already has a {name} or an address that ends in {octet}")
        node = self._new_node(name, octet, "Mesh")
        self._build(node)
        self._join(node)
        for other in self.others(node):
            self._meet(other, node)

    def remove_node(self, name):
        """A node leaves for good: it goes silent, then the others forget it."""
        node = self.node(name)
        self.network.unplug(name)
        del self.nodes[name]
        node.delete()
        for other in self.nodes.values():
            self.configure(other)
            if other.felix.tunnels:
                other.felix.node_removed(node)

    def configure(self, node):
        """Renders the node's BIRD configs anew and makes running daemons read them."""
        node.configure_bird(self.peers(node))

    def others(self, node):
        """Those whose blocks it has routes to; routers do not peer with each other."""
        return [other for other in self.nodes.values() if other is not node and "Mesh" in (node.kind, other.kind)]

    def peers(self, node):
        """Of the others those that it has a session with: all in a mesh, the reflectors where there are some."""
        return [other for other in self.others(node) if self._has_session(node, other)]

    def _has_session(self, node, other):
        of_the_cluster = node.kind == other.kind == "Mesh"
        return not (self.options.reflectors and of_the_cluster) or node.reflects or other.reflects

    def claim_block(self, node):
        """The node gets one more block, and all learn of it."""
        node.claim_block()
        self.configure(node)
        if tunnels := node.felix.tunnels:
            tunnels.add_own_routes(node)
            for other in self.others(node):
                tunnels.add_routes(other, node)

    def node(self, name):
        if name not in self.nodes:
            raise LabError(f"there is no node {name!r}; there are: {', '.join(self.nodes)}")
        return self.nodes[name]

    def place(self, name):
        """The namespace of a node, a pod (namespace/name), the monitor or the gateway."""
        special = {"gateway": self.network.gateway, "monitor": self.network.monitor}
        if name in special:
            return special[name]
        pods = [node.pods[name] for node in self.nodes.values() if name in node.pods]
        return pods[0].namespace if pods else self.node(name).namespace

    def environment(self, name):
        return self.shell.environment(self.nodes.get(name))

    def wait_for_bgp(self, timeout):
        """Until every session is established and every node's block is in every other node's kernel."""
        if not eventually(lambda: not self.missing(), timeout, every=0.1) and (missing := self.missing()):
            raise LabError(f"after {timeout} s these are still missing: " + "; ".join(missing[:5]))

    def missing(self):
        """What a healthy cluster has and this one lacks, in words."""
        found = self._each(
            lambda node: health.missing_on(node, self.peers(node), self.others(node), bool(self.tools)),
            list(self.nodes.values()),
        )
        return [line for lines in found for line in lines]

    def _new_node(self, name, octet, kind):
        self.nodes[name] = Node(name, octet, kind, self.options, os.path.join(FOLDER, name))
        return self.nodes[name]

    def _build(self, node):
        node.create()
        self.network.plug(node.name, node.namespace, node.octet)
        node.connect()

    def _join(self, node):
        """Tunnels and BIRD, as far as there are any, then pods and the agent."""
        if node.felix.tunnels:
            node.felix.tunnels.create_device(node)
            for other in self.others(node):
                node.felix.node_added(other)
        if node.kind == "Mesh":
            node.felix.make_status_folder()
            node.felix.start()
        if self.tools:
            node.give_bird(self.tools, self._environment_of_birds)
            self.configure(node)
            for bird in node.birds.values():
                bird.start(recover=not self.options.peers)  # a dead peer would hold the first start for 240 s
        if node.kind == "Mesh":
            node.pods.add(self.options.pods)
            if self.options.agent:
                node.give_agent(self.shell.path("caliwatch"), self.environment(node.name), self.options.agent_args)
                node.agent.start()

    def _meet(self, node, newcomer):
        self.configure(node)
        if node.felix.tunnels:
            node.felix.node_added(newcomer)

    def _say_plan(self):
        if self.tools:
            self.say(
                f"BIRD {self.tools.version} on each node, one for IPv4 and one for IPv6, configured as Calico does"
            )
        if self.options.pods:
            self.say(f"{self.options.pods} pods on each node")
        if self.options.agent:
            self.say(f"an agent on each node: {self.options.agent}")

    @staticmethod
    def _each(action, nodes):
        with concurrent.futures.ThreadPoolExecutor(max_workers=8) as pool:
            return list(pool.map(action, nodes))
