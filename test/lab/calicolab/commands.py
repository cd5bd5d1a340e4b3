# SPDX-License-Identifier: Apache-2.0
"""What a running lab can be asked to do. Each function is one request; arguments and results travel as JSON."""

from __future__ import annotations

import os
import threading

from calicolab import addressing, ping
from calicolab.errors import LabError

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
    return [_status(cluster, node) for node in cluster.nodes.values()]


def _status(cluster, node):
    daemons = {family: _bird_status(bird) for family, bird in node.birds.items()}
    pods = [{"name": pod.name, "interface": pod.interface, **pod.addresses} for pod in node.pods.values()]
    addresses = {family: node.address(family) for family in node.families}
    return {"name": node.name, "addresses": addresses, "bird": daemons, "pods": pods}


def _bird_status(bird):
    """established is None while BIRD does not answer."""
    return {"pid": bird.service.pid, "established": bird.established() if bird.service.running() else None}


@command
def down(cluster):
    """Ends the lab a moment after this was answered."""
    threading.Timer(0.1, os._exit, [0]).start()


@command
def wait_for_bgp(cluster, timeout):
    cluster.wait_for_bgp(timeout)


@command
def add_pod(cluster, node, name=None):
    pod = cluster.node(node).add_pod(name)
    return {"name": pod.name, "interface": pod.interface, **pod.addresses}


@command
def delete_pod(cluster, node, name):
    cluster.node(node).delete_pod(name)


@command
def send_ping(cluster, where, address, timeout):
    """True when the address answered."""
    return not ping.unanswered(cluster.place(where), addressing.family_of(address), [address], timeout)


@command
def start_bird(cluster, node, families, recover):
    for bird in _birds(cluster, node, families):
        bird.start(recover)


@command
def kill_bird(cluster, node, families, number):
    for bird in _birds(cluster, node, families):
        bird.service.stop(number)


@command
def signal_bird(cluster, node, families, number):
    for bird in _birds(cluster, node, families):
        bird.service.send_signal(number)


@command
def restart_bird(cluster, node, families, number, recover):
    for bird in _birds(cluster, node, families):
        bird.service.stop(number)
        bird.start(recover)


def _birds(cluster, node, families):
    birds = cluster.node(node).birds
    if not birds:
        raise LabError("this lab runs without BIRD")
    return [birds[family] for family in families or birds]
