# SPDX-License-Identifier: Apache-2.0
"""Faults of BGP sessions that BIRD's own words tell: what it was given, what the kernel lets it have."""

import contextlib
import os
import signal
import socket

from calicolab.bird import Bird
from calicolab.errors import LabError
from calicolab.faults.registry import fault, needs
from calicolab.waiting import eventually

_BGP = 179
_ELSEWHERE = 1790
_MEETING = 20  # seconds until the other program has its sessions
_OTHER_AS = 64777
_OPTION_MEMORY = "net/core/optmem_max"
_FOR_ONE_KEY = 250  # bytes: of the keys of two passwords it holds one


def enable_all(bird):
    """What a person does for each protocol that BIRD has given up."""
    for line in (bird.ask("show protocols") or "").splitlines():
        words = line.split()
        if len(words) > 3 and words[1] == "BGP" and words[3] == "down":
            bird.ask(f"enable {words[0]}")


def _started(bird):
    return eventually(lambda: bird.ask("show status") is not None)


def _restart(birds, number=signal.SIGTERM, recover=True):
    for bird in birds:
        bird.service.stop(number)
        bird.start(recover)
        _started(bird)


@fault
@needs("bird")
def port_taken(cluster, node="node2"):
    """Let another program hold a node's BGP port when its BIRD starts, which then cannot listen."""
    target = cluster.node(node)
    birds = target.every_bird(target.families)
    for bird in birds:
        bird.service.stop(signal.SIGTERM)
    with contextlib.ExitStack() as holding:
        with target.namespace.entered():
            for family in target.families:
                holding.enter_context(_listener(family))
        for bird in birds:
            bird.start(recover=False)  # or BIRD 2 would hold all routes back for 240 s once it is healed
            _started(bird)
        yield f"BIRD on {node} has no listening socket, and has given up all its sessions"
    for bird in birds:
        enable_all(bird)


def _listener(family):
    kind = socket.AF_INET if family == "ipv4" else socket.AF_INET6
    listener = socket.socket(kind)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == "ipv6":
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind(("", _BGP))
    listener.listen(64)
    return listener


@fault
@needs("bird1")
def second_speaker(cluster, node="node2"):
    """Let another BGP program on a node take the sessions with all peers before its BIRD comes (BIRD 1.6 alone)."""
    target = cluster.node(node)
    birds = target.every_bird(target.families)
    if birds[0].major != 1:
        raise LabError("the other program is a BIRD 1.6: take a lab with that")
    for bird in birds:
        bird.service.stop(signal.SIGTERM)
    speakers = [_speaker(cluster, target, family) for family in target.families]
    for speaker in speakers:
        speaker.start()
        eventually(lambda: len(speaker.established() or []) == len(cluster.peers(target)), _MEETING)
    for bird in birds:
        bird.start(recover=False)  # or it would wait 240 s for sessions that it cannot have
    yield f"peers of {node} have a session with another program there, and none with BIRD"
    for speaker in speakers:
        speaker.service.stop(signal.SIGKILL)


def _speaker(cluster, node, family):
    """It listens elsewhere, announces nothing, and does without graceful restart, or it and BIRD would take turns."""
    folder = os.path.join(node.folder, "speaker")
    os.makedirs(folder, exist_ok=True)
    speaker = Bird(family, node.name, cluster.tools, folder, folder, node.namespace)
    sessions = "".join(
        f"protocol bgp {{ local as {cluster.options.as_number}; neighbor {peer.address(family)} as "
        f"{cluster.options.as_number}; multihop; source address {node.address(family)}; graceful restart off; "
        f"connect delay time 1; connect retry time 2; import none; export none; }}\n"
        for peer in cluster.peers(node)
    )
    with open(speaker.config, "w") as config:
        config.write(
            f"router id {node.address('ipv4')};\nlisten bgp port {_ELSEWHERE};\nprotocol device {{ }}\n{sessions}"
        )
    return speaker


@fault
@needs("bird")
def passwords_refused(cluster, node="node2"):
    """Give all sessions a password, and a node's kernel too little memory for the keys: BIRD gives sessions up."""
    target = cluster.node(node)
    birds = target.every_bird(target.families)
    cluster.options.password = "secret"
    for each in cluster.nodes.values():
        cluster.configure(each)
    before = target.namespace.run("cat", f"/proc/sys/{_OPTION_MEMORY}").strip()
    target.namespace.sysctl(_OPTION_MEMORY, _FOR_ONE_KEY)
    _restart(birds, recover=False)  # or it would wait 240 s for the session that it gives up
    yield f"the kernel of {node} refuses BIRD the key of a password"
    target.namespace.sysctl(_OPTION_MEMORY, before)
    for bird in birds:
        enable_all(bird)


@fault
@needs("bird")
def wrong_as(cluster, node="node2"):
    """Configure a node with another AS number than the others expect of it."""
    target = cluster.node(node)
    target.every_bird()
    target.as_number = _OTHER_AS
    cluster.configure(target)
    yield f"no peer takes the AS number of {node}"
    target.as_number = None
    cluster.configure(target)


@fault
@needs("bird")
def same_router_id(cluster, node="node2", other="node1"):
    """Give a node the Router ID of another one, as a clone of its machine has it."""
    target = cluster.node(node)
    birds = target.every_bird()
    if cluster.node(other) is target:
        raise LabError(f"{node} has its own Router ID already; name another node")
    target.router_id = cluster.node(other).address("ipv4")
    cluster.configure(target)
    _restart(birds, recover=False)
    yield f"{node} and {other} have one Router ID, and no session"
    target.router_id = None
    cluster.configure(target)
    _restart(birds, recover=False)


@fault
@needs("bird")
def peer_is_itself(cluster, node="node2"):
    """Configure a node with a BGP peer that it is itself."""
    target = cluster.node(node)
    target.every_bird()
    target.meets_itself = True
    cluster.configure(target)
    yield f"BIRD on {node} is to have a session with its own address"
    target.meets_itself = False
    cluster.configure(target)


@fault
@needs("bird")
def old_configuration(cluster, node="node1", newcomer="node2"):
    """Leave a node's BIRD with the configuration of before another node came: confd is dead."""
    target, other = cluster.node(node), cluster.node(newcomer)
    target.every_bird()
    if other is target:
        raise LabError(f"{node} knows itself; name another node")
    target.unknown = {other.name}
    cluster.configure(target)
    target.confd_runs = False
    yield f"{newcomer} calls {node}, if that is its part, and is turned away"
    target.confd_runs = True
    target.unknown = set()
    cluster.configure(target)


@fault
@needs("bird")
def refused_configuration(cluster, node="node2"):
    """Give a node's BIRD a configuration with an error."""
    target = cluster.node(node)
    for bird in target.every_bird():
        with open(bird.config, "a") as config:
            config.write("protocol nonsense {\n}\n")
        bird.service.send_signal(signal.SIGHUP)
    yield f"BIRD on {node} goes on with the configuration that it has"
    cluster.configure(target)


@fault
@needs("bird")
def lone_reflector(cluster, node="node2"):
    """Leave a node a route reflector that no BGPPeer leads to: it has no peer, and nobody has it."""
    target = cluster.node(node)
    target.every_bird()
    others = cluster.peers(target)
    for each in others:
        each.unknown = each.unknown | {target.name}
        target.unknown = target.unknown | {each.name}
    for each in [target, *others]:
        cluster.configure(each)
    yield f"BIRD on {node} has no peer, and its pods are reached by none"
    for each in others:
        each.unknown = each.unknown - {target.name}
    target.unknown = set()
    for each in [target, *others]:
        cluster.configure(each)


@fault
@needs("bird")
def routes_in_a_loop(cluster, node="node2", peer="node1"):
    """Let a node announce its block with the others' own AS number in its path, as a router between racks does."""
    target, other = cluster.node(node), cluster.node(peer)
    target.every_bird()
    target.as_number, target.prepended = _OTHER_AS, cluster.options.as_number
    for each in cluster.peers(target):
        each.as_of[target.name] = _OTHER_AS
    for each in [target, *cluster.peers(target)]:
        cluster.configure(each)
    yield f"{other.name} ignores all that {node} announces"
    target.as_number = target.prepended = None
    for each in cluster.peers(target):
        each.as_of.clear()
    for each in [target, *cluster.peers(target)]:
        cluster.configure(each)


@fault
@needs("bird")
def forbid_bgp(cluster, node="node2"):
    """Let a node's own firewall drop what leaves for others' BGP port, and from its own."""
    target = cluster.node(node)
    target.every_bird()
    namespace = target.namespace
    namespace.run("nft", "-f", "-", given=(
        "table inet no_bgp {\n chain outgoing {\n  type filter hook output priority 0;\n"
        f"  tcp dport {_BGP} drop\n  tcp sport {_BGP} drop\n }}\n}}\n"
    ))  # fmt: skip
    yield f"BIRD on {node} calls in vain, and answers no call"
    namespace.run("nft", "delete", "table", "inet", "no_bgp")
