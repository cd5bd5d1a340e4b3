# SPDX-License-Identifier: Apache-2.0
"""One node of the cluster: a namespace with eth0 on the common bridge, its BIRDs, its pods, Calico's folders."""

from __future__ import annotations

import os
import shutil
import signal

from calicolab import addressing, tunnels
from calicolab.bird import Bird
from calicolab.birdconfig import TUNNEL, BirdConfig
from calicolab.errors import LabError
from calicolab.felix import Felix
from calicolab.netns import Namespace
from calicolab.options import FAMILIES, Peer
from calicolab.pods import Pods
from calicolab.service import Service
from calicolab.version import Calico

AGENT_PORT = 10179
CLUSTER_ID = "244.0.0.1"  # routeReflectorClusterID of all reflectors


class Node:
    """`folder` is the node's own; below it are run/ (= /var/run/calico), lib/ (= /var/lib/calico) and netns/.

    kind: Mesh for a node of the cluster; Global or Node for a router beside it, named as Calico names its peers.
    """

    def __init__(self, name, octet, kind, options, folder):
        self.name = name
        self.octet = octet
        self.kind = kind
        self.options = options
        self.families = options.families
        self.folder = folder
        self.run_dir = os.path.join(folder, "run")
        self.lib_dir = os.path.join(folder, "lib")
        self.status_dir = os.path.join(self.run_dir, "endpoint-status")
        self.netns_dir = os.path.join(folder, "netns")
        self.cni_kubeconfig = os.path.join(folder, "calico-kubeconfig")
        self.pod_mtu = tunnels.pod_mtu(options)
        self._blocks = options.blocks
        self.pods = Pods(self)
        self.namespace = None
        self.felix = None  # from create() on
        self.birds = {}  # family -> Bird
        self.reflects = False  # routes, for those nodes that do not
        self.confd_runs = True
        self.mistaken_for = None  # an IPv4 address that Calico takes for this node's
        self.past_tunnel = set()  # names of other nodes whose blocks BIRD leads past tunl0
        self.as_number = None  # None: that of the cluster
        self.as_of = {}  # other node's name -> AS number that this one expects there, where it is another
        self.prepended = None  # AS number that it puts into the paths of what it announces
        self.router_id = None  # None: its IPv4 address
        self.meets_itself = False
        self.unknown = set()  # names of other nodes that its BIRD has no peer for
        self.claimed = []  # other nodes whose blocks this one announces as its own
        self.told = []  # more that it announces, as if it were a block: text of prefixes
        self.agent = None  # a Service, once the cluster gave us one

    def address(self, family):
        return addressing.host_address(family, self.octet)

    def blocks(self, family):
        return [addressing.block(family, self.octet, number) for number in range(self._blocks)]

    def claim_block(self):
        """One more, as a node whose pods fill those it has."""
        if self._blocks == addressing.MOST_BLOCKS:
            raise LabError(f"{self.name} has {addressing.MOST_BLOCKS} blocks already, the most that there can be")
        self._blocks += 1

    def create(self):
        """Folders, namespace and kernel settings; eth0 comes when the bridge is connected."""
        for folder in (self.run_dir, self.lib_dir, self.netns_dir):
            os.makedirs(folder)
        self._write_lib("nodename", self.name)
        self._write_lib("mtu", self.pod_mtu)
        self.namespace = Namespace.create(f"/run/netns/{self.name}")
        self.felix = Felix(self, Calico(self.options.calico))
        for setting, value in {
            "ipv4/conf/all/rp_filter": 0,
            "ipv4/conf/default/rp_filter": 0,
            **{f"{family}/conf/all/forwarding": 1 for family in self.families},
            "ipv6/conf/default/accept_dad": 0,
        }.items():
            self.namespace.sysctl(f"net/{setting}", value)

    def connect(self):
        self.namespace.ip("link set eth0 up")
        self.namespace.sysctl("net/ipv4/conf/default/rp_filter", self.options.rp_filter)
        for family in self.families:
            self.take_address(family, self.octet)

    def take_address(self, family, octet):
        """The address and, through it, the default route, without which proxy ARP gives pods no answer."""
        address, length = addressing.host_address(family, octet), addressing.SUBNET_LENGTH[family]
        nodad = " nodad" if family == "ipv6" else ""
        self.namespace.ip(f"addr add {address}/{length} dev eth0{nodad}", f"route replace {self.default_route(family)}")

    def default_route(self, family):
        return f"default via {addressing.host_address(family, addressing.GATEWAY_OCTET)} dev eth0"

    def drop_address(self, family, octet):
        """The kernel drops the IPv4 routes through eth0 with it, without a word."""
        address, length = addressing.host_address(family, octet), addressing.SUBNET_LENGTH[family]
        self.namespace.ip(f"addr del {address}/{length} dev eth0")

    def delete(self):
        for service in self.services():
            service.stop(signal.SIGKILL)
        self.felix.stop()
        for pod in list(self.pods):
            self.pods.delete(pod.name)
        self.namespace.delete()
        shutil.rmtree(self.folder)

    def services(self):
        """Everything that runs here."""
        all_of_them = [bird.service for bird in self.birds.values()] + ([self.agent] if self.agent else [])
        return [service for service in all_of_them if service.running()]

    def give_bird(self, tools, environment=None):
        """Two daemons, as under Calico; the second has no peers on a node without IPv6."""
        self.birds = {
            family: Bird(family, self.name, tools, self.folder, self.run_dir, self.namespace, environment)
            for family in FAMILIES
        }

    def every_bird(self, families=()):
        """Both daemons, or those of the families named."""
        if not self.birds:
            raise LabError("this lab runs without BIRD")
        return [self.birds[family] for family in families or self.birds]

    def configure_bird(self, others):
        """Confd writes both configs anew with these other nodes as peers, and makes running daemons read them at once;
        a dead one does nothing."""
        for bird in self.birds.values() if self.confd_runs else ():
            bird.configure(self._bird_config(bird, others))

    def kind_towards(self, other):
        """As Calico names their session: a reflector's is by a BGPPeer for its node."""
        if self.reflects or other.reflects:
            return "Node"
        return other.kind if other.kind != "Mesh" else self.kind

    def _bird_config(self, bird, others):
        family, options = bird.family, self.options
        known = [other for other in others if other.name not in self.unknown]
        known += [self] if self.meets_itself else []
        peers = [self._peer(family, other) for other in known if family in self.families]
        peers += [
            peer for peer in options.peers
            if addressing.family_of(peer.address) == family and peer.node in (None, self.name)
        ]  # fmt: skip
        return BirdConfig(
            calico=self.felix.calico, major=bird.major, family=family, log=bird.log,
            router_id=self.router_id or self.known_address("ipv4"),
            address=self.known_address(family) if family in self.families else None,
            blocks=self._announced_blocks(family) if family in self.families else [],
            services=tuple(each for each in options.services if addressing.family_of(each) == family),
            community=options.community, as_number=self.as_number or options.as_number, prepended=self.prepended,
            bgp_port=options.bgp_port, password=options.password,
            peers=peers, ways=self._ways(family, others), felix_leads=self._felix_leads(family),
            hold_time=options.hold_time,
            graceful_restart_wait=options.graceful_restart_wait, graceful_restart_time=options.graceful_restart_time,
        )  # fmt: skip

    def known_address(self, family):
        return self.mistaken_for if self.mistaken_for and family == "ipv4" else self.address(family)

    def _ways(self, family, others):
        """What BIRD leads by tunl0, and what past it, if it does so at all."""
        if self.options.encap != "ipip" or family != "ipv4" or self._felix_leads(family):
            return {}
        return {other.address(family): "eth0" if other.name in self.past_tunnel else TUNNEL for other in others}

    def _felix_leads(self, family):
        return self.options.encap == "ipip" and family == "ipv4" and self.felix.calico.felix_leads_ipip

    def _announced_blocks(self, family):
        more = [prefix for prefix in self.told if addressing.family_of(prefix) == family]
        return [block for owner in [self, *self.claimed] for block in owner.blocks(family)] + more

    def _peer(self, family, other):
        """Between nodes of the cluster the addresses decide who dials; routers always wait."""
        of_the_cluster = self.kind == other.kind == "Mesh"
        return Peer(
            other.known_address(family), self.kind_towards(other),
            passive=None if of_the_cluster else self.kind != "Mesh",
            remote_as=self.as_of.get(other.name, self.options.as_number),
            cluster_id=CLUSTER_ID if self.reflects and not other.reflects else None,
        )  # fmt: skip

    def give_agent(self, program, environment, more_arguments):
        argv = [program, "agent", f"--web.listen-address=:{AGENT_PORT}", *more_arguments]
        argv += [f"--state.file={os.path.join(self.folder, 'agent-state.json')}"]
        log = os.path.join(self.folder, "agent.log")
        self.agent = Service(f"the agent on {self.name}", argv, self.namespace, log, environment)

    def _write_lib(self, name, value):
        with open(os.path.join(self.lib_dir, name), "w") as out:
            out.write(str(value))
