# SPDX-License-Identifier: Apache-2.0
"""What can be broken. One function is one fault: it breaks, yields what to look at, and heals after the yield.

A fault that needs no healing just returns what to look at. The first line of the docstring is what `lab faults` shows,
the parameters are what `lab fault NAME ...` takes.
"""

from __future__ import annotations

import dataclasses
import inspect
import signal
from typing import Iterator

from calicolab import addressing
from calicolab.errors import LabError

FAULTS = {}


def fault(function):
    FAULTS[function.__name__.replace("_", "-")] = function
    return function


@dataclasses.dataclass
class Fault:
    """One that is in force."""

    name: str
    arguments: list
    healing: Iterator


def start(cluster, name, arguments):
    """Breaks it; returns what to look at."""
    if name not in FAULTS:
        raise LabError(f"there is no fault {name!r}; there are: {', '.join(FAULTS)}")
    if any(active.name == name and active.arguments == arguments for active in cluster.faults):
        raise LabError(f"{name} {' '.join(arguments)} is in force already")
    try:
        inspect.signature(FAULTS[name]).bind(cluster, *arguments)
    except TypeError:
        raise LabError(f"usage: fault {name} {usage(name)}") from None
    broken = FAULTS[name](cluster, *arguments)
    if isinstance(broken, str):
        return broken
    advice = next(broken)
    cluster.faults.append(Fault(name, arguments, broken))
    return advice


def heal(cluster, name=None):
    """Heals the faults of this name, or all, the latest first; returns their names."""
    chosen = [active for active in reversed(cluster.faults) if name in (None, active.name)]
    if name and not chosen:
        raise LabError(f"{name} is not in force; in force: {', '.join(f.name for f in cluster.faults) or 'nothing'}")
    for active in chosen:
        cluster.faults.remove(active)
        next(active.healing, None)
    return [" ".join([active.name, *active.arguments]) for active in chosen]


def usage(name):
    """The parameters with their defaults: `[node2] [node1]`."""
    parameters = list(inspect.signature(FAULTS[name]).parameters.values())[1:]
    return " ".join(f"[{p.name}={p.default}]" if p.default is not p.empty else p.name.upper() for p in parameters)


def describe():
    return {name: {"usage": usage(name), "text": function.__doc__.splitlines()[0]} for name, function in FAULTS.items()}


@fault
def restart_bird(cluster, node="node2"):
    """Kill a node's BIRD and start it at once, as runit does."""
    for bird in cluster.node(node).birds.values():
        bird.service.stop(signal.SIGKILL)
        bird.start()
    return f"{node} keeps its routes, but changes none until its peers have answered"


@fault
def kill_bird(cluster, node="node2"):
    """Kill a node's BIRD and leave it dead."""
    for bird in cluster.node(node).birds.values():
        bird.service.stop(signal.SIGKILL)
    yield f"{node} says that BIRD is down; its peers keep its routes for 120 s"
    for bird in cluster.node(node).birds.values():
        if not bird.service.running():
            bird.start()


@fault
def stop_bird(cluster, node="node2"):
    """Freeze a node's BIRD: it is there but answers nobody."""
    for bird in cluster.node(node).birds.values():
        bird.service.send_signal(signal.SIGSTOP)
    yield f"{node} says that BIRD does not answer; its peers wait for the hold timer"
    for bird in cluster.node(node).birds.values():
        bird.service.send_signal(signal.SIGCONT)


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
    for bird in target.birds.values():
        bird.start()
    if target.agent:
        target.agent.start()


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
def duplicate_ip(cluster, node="node1"):
    """Start a second pod with the addresses of the node's first one."""
    target = cluster.node(node)
    victim = next(iter(target.pods), None)
    if victim is None:
        raise LabError(f"{node} has no pod")
    twin, = target.pods.add(name=f"{victim.name}-twin", addresses=victim.addresses)
    yield f"{', '.join(victim.addresses.values())} on {node} has neighbors at {victim.interface} and at {twin.interface}"
    target.pods.delete(twin.name)
    target.namespace.ip(*victim.host_routes())
    target.pods.greet([victim])


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
