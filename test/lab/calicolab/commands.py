# SPDX-License-Identifier: Apache-2.0
"""What a running lab can be asked to do. Each function is one request; arguments and results travel as JSON."""

from __future__ import annotations

import os
import socket
import threading

from calicolab import addressing, faults, ping
from calicolab.errors import LabError
from calicolab.forward import Forward
from calicolab.node import AGENT_PORT

_COMMANDS = {}


def command(function):
    _COMMANDS[function.__name__] = function
    return function


def run(cluster, name, arguments, fds):
    if name not in _COMMANDS:
        raise LabError(f"the lab has no command {name!r}")
    return _COMMANDS[name](cluster, *fds, **arguments)


@command
def status(cluster):
    return {
        "nodes": [_status(cluster, node) for node in cluster.nodes.values()],
        "faults": [" ".join([fault.name, *fault.arguments]) for fault in cluster.faults],
    }


def _status(cluster, node):
    forward = cluster.forwards.get(node.name)
    return {
        "name": node.name,
        "addresses": {family: node.address(family) for family in node.families},
        "peers": len(cluster.peers(node)),
        "bird": {family: _bird_status(bird) for family, bird in node.birds.items()},
        "pods": [_pod(pod) for pod in node.pods],
        "agent": {"pid": node.agent.pid, "url": f"http://{forward.address}/" if forward else None}
        if node.agent
        else None,
    }


def _bird_status(bird):
    """established is None while BIRD does not answer."""
    return {"pid": bird.service.pid, "established": bird.established() if bird.running() else None}


def _pod(pod):
    return {"name": pod.name, "interface": pod.interface, **pod.addresses}


@command
def down(cluster):
    """Ends the lab a moment after this was answered."""
    threading.Timer(0.1, os._exit, [0]).start()


@command
def wait_for_bgp(cluster, timeout):
    cluster.wait_for_bgp(timeout)


@command
def add_pod(cluster, node, name, addresses):
    return _pod(*cluster.node(node).pods.add(name=name, addresses=addresses))


@command
def delete_pod(cluster, node, name):
    cluster.node(node).pods.delete(name)


@command
def claim_block(cluster, node):
    cluster.claim_block(cluster.node(node))


@command
def add_node(cluster, name, octet):
    cluster.add_node(name, octet)


@command
def remove_node(cluster, name):
    cluster.remove_node(name)


@command
def reconfigure(cluster, node):
    cluster.configure(cluster.node(node))


@command
def break_it(cluster, name, arguments):
    return faults.start(cluster, name, arguments)


@command
def heal(cluster, name):
    return faults.heal(cluster, name)


@command
def forward_agent(cluster, listener, node):
    """The handed-in listening socket leads to the node's agent from now on."""
    sock = socket.socket(fileno=listener)
    cluster.forwards[node] = Forward(sock, cluster.node(node).namespace, AGENT_PORT)


@command
def start_agent(cluster, node):
    _agent(cluster, node).start()


@command
def kill_agent(cluster, node, number):
    _agent(cluster, node).stop(number)


def _agent(cluster, node):
    agent = cluster.node(node).agent
    if agent is None:
        raise LabError("this lab runs without agents; start it with --agent")
    return agent


@command
def send_ping(cluster, where, address, timeout):
    """True when the address answered."""
    return not ping.unanswered(cluster.place(where), addressing.family_of(address), [address], timeout)


@command
def start_bird(cluster, node, families, recover):
    for bird in cluster.node(node).every_bird(families):
        bird.start(recover)


@command
def kill_bird(cluster, node, families, number):
    for bird in cluster.node(node).every_bird(families):
        bird.service.stop(number)


@command
def signal_bird(cluster, node, families, number):
    for bird in cluster.node(node).every_bird(families):
        bird.service.send_signal(number)


@command
def restart_bird(cluster, node, families, number, recover):
    for bird in cluster.node(node).every_bird(families):
        bird.service.stop(number)
        bird.start(recover)
