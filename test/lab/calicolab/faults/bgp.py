# SPDX-License-Identifier: Apache-2.0
"""Faults of BIRD, of nodes and of the paths between them."""

import signal

from calicolab import addressing
from calicolab.faults.registry import fault, needs
from calicolab.faults.upkeep import repeatedly

_ALIVE = 6  # seconds of a BIRD that keeps dying


@fault
@needs("bird")
def restart_bird(cluster, node="node2"):
    """Kill a node's BIRD and start it at once, as runit does."""
    for bird in cluster.node(node).every_bird():
        bird.service.stop(signal.SIGKILL)
        bird.start()
    return f"{node} keeps its routes, but changes none until its peers have answered"


@fault
def kill_node(cluster, node="node3"):
    """Cut a node's power: nothing comes from it any more, not even a farewell."""
    target = cluster.node(node)
    running = target.services()
    cluster.network.set_power(node, False)
    for service in running:
        service.stop(signal.SIGKILL)
    yield f"the others keep their sessions to {node} until the hold timer ends them"
    for flag in ("-4", "-6"):
        target.namespace.run("ip", flag, "route", "flush", "proto", "bird")  # a reboot leaves none
    cluster.network.set_power(node, True)
    _start_what_is_down(target)


@fault
@needs("bird")
def kill_bird(cluster, node="node2"):
    """Kill a node's BIRD and leave it dead."""
    for bird in cluster.node(node).every_bird():
        bird.service.stop(signal.SIGKILL)
    yield f"{node} says that BIRD is down; its peers keep its routes for 120 s"
    _start_what_is_down(cluster.node(node))


def _start_what_is_down(node):
    """Somebody may have started it by hand in the meantime."""
    for starter in [*node.birds.values(), *([node.agent] if node.agent else [])]:
        if not starter.running():
            starter.start()


@fault
@needs("bird")
def bird_keeps_dying(cluster, node="node2"):
    """Kill a node's BIRD again and again, and start it at once each time, as runit does."""
    target = cluster.node(node)
    birds = target.every_bird()
    with repeatedly(lambda: _kill_and_start(birds), _ALIVE):
        yield f"BIRD on {node} ends every few seconds; between two ends all looks well"
    _start_what_is_down(target)


def _kill_and_start(birds):
    for bird in birds:
        bird.service.stop(signal.SIGKILL)
        bird.start()


@fault
@needs("bird")
def stop_bird(cluster, node="node2"):
    """Freeze a node's BIRD: it is there but answers nobody."""
    for bird in cluster.node(node).every_bird():
        bird.service.send_signal(signal.SIGSTOP)
    yield f"{node} says that BIRD does not answer; its peers wait for the hold timer"
    for bird in cluster.node(node).every_bird():
        bird.service.send_signal(signal.SIGCONT)


@fault
@needs("bird")
def confd_dead(cluster, node="node2"):
    """Kill a node's confd: its BIRD goes on with the configuration that it has, whoever comes or goes."""
    target = cluster.node(node)
    target.every_bird()
    target.confd_runs = False
    yield f"BIRD on {node} learns of no node that comes, goes or changes its address"
    target.confd_runs = True
    cluster.configure(target)


@fault
def cut(cluster, source="node2", target="node1"):
    """Drop all that one node sends to another; the way back stays open."""
    mac = addressing.host_mac(cluster.node(source).octet)
    namespace = cluster.node(target).namespace
    table = f"cut_from_{source}"
    namespace.run("nft", "-f", "-", given=(
        f"table inet {table} {{\n chain incoming {{\n  type filter hook prerouting priority raw;\n"
        "  icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept\n"
        f"  ether saddr {mac} drop\n }}\n}}\n"
    ))  # fmt: skip
    yield f"{target} hears nothing of {source} any more, and says so when the hold timer ends"
    namespace.run("nft", "delete", "table", "inet", table)


@fault
def remove_address(cluster, node="node2"):
    """Take away the address a node's BIRD speaks from; the node keeps another one."""
    target = cluster.node(node)
    spare = max(set(range(200, 255)) - {other.octet for other in cluster.nodes.values()})
    _move_address(target, target.octet, spare)
    yield f"BIRD on {node} still speaks as {target.address('ipv4')}, which no interface has"
    _move_address(target, spare, target.octet)


def _move_address(node, old, new):
    for family in node.families:
        node.drop_address(family, old)
        node.take_address(family, new)
