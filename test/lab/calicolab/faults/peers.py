# SPDX-License-Identifier: Apache-2.0
"""Faults of BGP sessions whose nodes are well."""

import contextlib
import signal
import socket

from calicolab import addressing
from calicolab.errors import LabError
from calicolab.faults.registry import fault, needs
from calicolab.faults.upkeep import repeatedly

_BGP = 179
_FLAP_SECONDS = 3
_NO_ANSWER = 0.5  # seconds; on this network an answer takes a millisecond


@fault
@needs("bird")
def flap_peer(cluster, node="node1", peer="node2"):
    """Restart the session between two nodes whenever it is up, every 3 s."""
    target, other = cluster.node(node), cluster.node(peer)
    birds = target.every_bird(target.families)
    with repeatedly(lambda: [_restart_session(bird, target, other) for bird in birds], _FLAP_SECONDS):
        yield f"the session between {node} and {peer} comes and goes, and the routes with it"


def _restart_session(bird, node, other):
    name = addressing.protocol_name(node.kind_towards(other), other.address(bird.family))
    if name in (bird.established() or []):
        bird.ask(f"restart {name}")


@fault
@needs("bird", "others")
def crowd_listener(cluster, node="node1"):
    """Freeze a node's BIRD and fill its queue of BGP connections to be accepted, until nobody gets in."""
    target = cluster.node(node)
    with contextlib.ExitStack() as healing:
        for bird in target.every_bird(target.families):
            bird.service.send_signal(signal.SIGSTOP)
            healing.callback(_continue, bird)
        for family in target.families:
            for connection in _crowd(cluster.network.gateway, target.address(family)):
                healing.enter_context(connection)
        yield f"the queue at port {_BGP} of {node} is full; the kernel drops what its peers send there"


def _continue(bird):
    if bird.running():  # somebody may have killed it in the meantime
        bird.service.send_signal(signal.SIGCONT)


def _crowd(namespace, address):
    """Connections until the kernel answers no more."""
    found = []
    with namespace.entered():
        while len(found) < socket.SOMAXCONN:
            try:
                found.append(socket.create_connection((address, _BGP), _NO_ANSWER))
            except TimeoutError:
                return found
            except OSError as problem:
                raise LabError(f"nobody listens at {address} port {_BGP}: {problem}") from None
    raise LabError(f"{address} still takes connections after {len(found)}")


def _forget_blocks(node, owner):
    """BIRD 2 leaves the blackhole of a block behind, where the route that it has instead is of another priority."""
    for family in owner.families:
        for block in owner.blocks(family):
            try:
                node.namespace.ip(f"route del blackhole {block} proto bird")
            except LabError:  # BIRD 1 has taken it back itself
                pass


@fault
@needs("bird")
def announce_foreign_block(cluster, node="node2", owner="node1"):
    """Make a node's BIRD announce another node's block as its own, too."""
    target, other = cluster.node(node), cluster.node(owner)
    target.every_bird()
    if other is target:
        raise LabError(f"{node} announces its own block already; name another owner")
    target.claimed.append(other)
    cluster.configure(target)
    yield f"{', '.join(b for f in other.families for b in other.blocks(f))} is announced by {owner} and by {node}"
    target.claimed.remove(other)
    cluster.configure(target)
    _forget_blocks(target, other)


@fault
@needs("bird")
def announce_own_address(cluster, node="node2"):
    """Make a node's BIRD announce the node's own addresses, as with an IP pool that holds them."""
    target = cluster.node(node)
    target.every_bird()
    own = [f"{target.address(family)}/{addressing.HOST_LENGTH[family]}" for family in target.families]
    target.told.extend(own)
    cluster.configure(target)
    yield f"no other node finds the way to {', '.join(own)}, nor to the blocks of {node}, until its session has ended"
    for address in own:
        target.told.remove(address)
    cluster.configure(target)
    for other in cluster.others(target):  # what they still have of it keeps the news away
        for bird in other.every_bird(other.families):
            bird.ask(f"restart {addressing.protocol_name(other.kind_towards(target), target.address(bird.family))}")
