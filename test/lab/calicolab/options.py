# SPDX-License-Identifier: Apache-2.0
"""What a lab is asked to be. Plain values that travel into the sandbox as JSON."""

from __future__ import annotations

import dataclasses
import json

from calicolab import addressing
from calicolab.errors import LabError
from calicolab.version import Calico

FAMILIES = ("ipv4", "ipv6")
AS_NUMBER = 64512  # Calico's default
DEAD_KINDS = ("silent", "refused", "unreachable", "passive")


@dataclasses.dataclass
class Peer:
    """A BGP peer beside the mesh.

    dead: how it fails to answer. silent: its SYNs are dropped; refused: nobody listens;
    unreachable: nobody has the address; passive: nobody has it and we wait for it to dial.
    """

    address: str
    kind: str = "Mesh"  # Mesh, Global or Node, as Calico names protocols
    node: str | None = None  # only this node has it; None: all have
    dead: str | None = None
    passive: bool | None = None  # None: by Calico's comparison of the addresses
    remote_as: int = AS_NUMBER
    disabled: bool = False
    description: str | None = None
    cluster_id: str | None = None  # of the route reflector that we are for it

    def __post_init__(self):
        if self.dead not in (None, *DEAD_KINDS):
            raise LabError(f"a peer cannot be dead as {self.dead!r}; choose one of {', '.join(DEAD_KINDS)}")
        if self.dead and self.passive is None:
            self.passive = self.dead == "passive"


@dataclasses.dataclass
class Options:
    nodes: int = 4
    pods: int = 3  # on each node
    bird: str = "1.6.8"  # or 2.0.12, or none
    libc: str = "glibc"  # or musl: in whose words BIRD tells of system errors
    families: tuple = FAMILIES
    encap: str = "none"  # or vxlan: routes programmed as Felix does; or ipip: by BIRD 2, from 3.33 on as Felix does
    octets: tuple = ()  # last octets of the nodes' addresses; default 11, 12, ...
    datastore: str = "kubernetes"  # or etcd: there Felix knows the pods' MACs, and enters them for good
    rp_filter: int = 1  # net.ipv4.conf.default.rp_filter of the nodes, which Felix gives to the pods' interfaces
    interface_prefix: str = "cali"  # of pods; eni where Calico is for policy alone, and another CNI plugin makes them
    calico: str = "3.32"  # 3.28 to 3.33: what Felix and confd of that version write
    endpoint_status: bool | None = None  # None: as that version does where nobody tells it; True: 3.28 and 3.29 as well
    # Felix restores what was deleted or changed behind its back: a second of its own is so many here. 0: it never does,
    # so that a fault stays as long as somebody looks at it.
    felix_pace: float = 0
    hold_time: int | None = None  # seconds; None: BIRD's 240
    graceful_restart_wait: int | None = None  # seconds; None: BIRD's 240
    graceful_restart_time: int | None = None  # seconds; None: BIRD's 120
    reflectors: int = 0  # so many of the nodes, the last ones, are route reflectors; there is no mesh then
    as_number: int = AS_NUMBER
    bgp_port: int = 179  # listenPort of Calico's BGPConfiguration
    password: str | None = None  # of all sessions
    services: tuple = ()  # address ranges of services, which every node advertises
    community: tuple = ()  # (AS, value) that BIRD adds to the nodes' blocks
    routers: tuple = ()  # a BIRD beside the cluster for each Global or Node named here
    peers: list[Peer] = dataclasses.field(default_factory=list)
    agent: str | None = None  # path of caliwatch
    agent_args: tuple = ()

    def __post_init__(self):
        self.peers = [peer if isinstance(peer, Peer) else Peer(**peer) for peer in self.peers]
        self.octets = tuple(self.octets) or tuple(range(11, 11 + self.nodes))
        self.nodes = len(self.octets)
        for name in ("families", "routers", "services", "community"):
            setattr(self, name, tuple(getattr(self, name)))
        if self.encap == "vxlan":
            self.bird = "none"  # Calico starts none with its vxlan backend
        self._check()

    @property
    def writes_status(self):
        """Whether Felix of this version leaves endpoint-status files in this lab."""
        return Calico(self.calico).writes_json if self.endpoint_status is None else self.endpoint_status

    @property
    def blocks(self):
        """How many each node has: one, or more where its pods need them."""
        return (self.pods + 1) // addressing.BLOCK_SIZE + 1

    def _check(self):
        if not self.octets or len(set(self.octets)) != self.nodes:
            raise LabError("a lab needs at least one node, and each node its own address")
        if any(not 3 <= octet <= 254 for octet in self.octets):
            raise LabError("the last octet of a node's address must be 3 to 254 (1 is the gateway, 2 the monitor)")
        if not 0 <= self.pods <= addressing.last_pod(addressing.MOST_BLOCKS):
            raise LabError(f"a node has 0 to {addressing.last_pod(addressing.MOST_BLOCKS)} pods")
        if not self.families or set(self.families) - set(FAMILIES):
            raise LabError(f"address families are {' and '.join(FAMILIES)}, not {','.join(self.families)!r}")
        Calico(self.calico)  # says which there are
        if self.libc not in ("glibc", "musl"):
            raise LabError(f"BIRD's C library is glibc or musl, not {self.libc!r}")
        if self.datastore not in ("kubernetes", "etcd"):
            raise LabError(f"the datastore is kubernetes or etcd, not {self.datastore!r}")
        if self.encap not in ("none", "vxlan", "ipip"):
            raise LabError(f"encapsulation is none, vxlan or ipip, not {self.encap!r}")
        self._check_ipip()
        if not 0 <= self.reflectors < max(self.nodes, 1):
            raise LabError("of the nodes some may be route reflectors, but not all")
        if set(self.routers) - {"Global", "Node"}:
            raise LabError("a router is Global (all nodes peer with it) or Node; BIRD names its sessions so")

    def _check_ipip(self):
        if self.encap != "ipip":
            return
        if "ipv4" not in self.families:
            raise LabError("IPIP is for IPv4 alone")
        if not (Calico(self.calico).felix_leads_ipip or self.bird.startswith("2.")):
            raise LabError("before Calico 3.33 its own BIRD leads routes through tunl0; of Debian's only 2.0.12 can")

    def to_json(self):
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text):
        return cls(**json.loads(text))
