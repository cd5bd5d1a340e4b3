# SPDX-License-Identifier: Apache-2.0
"""Faults of Felix, and of what it needs."""

import time

from calicolab.faults.registry import fault, needs
from calicolab.faults.upkeep import repeatedly
from calicolab.felix import check_runs
from calicolab.version import Calico

_DEAD, _STARTING, _ALIVE = 1.5, 1, 3  # seconds of a Felix that keeps dying


@fault
def felix_not_ready(cluster, node="node1", component="CalculationGraph"):
    """Take the datastore from a node's Felix: it says 503 and hears nothing of pods that come and go."""
    felix = cluster.node(node).felix
    check_runs(felix)
    reporting = felix.health.component(component)
    reporting.ready = felix.in_sync = False
    yield f"Felix on {node} is not ready, by {component}; a pod that starts there gets no file and no route of Felix'"
    reporting.ready = felix.in_sync = True
    felix.catch_up()


@fault
def felix_not_live(cluster, node="node1", component="InternalDataplaneMainLoop"):
    """Let one loop of a node's Felix hang, while its health port still answers."""
    felix = cluster.node(node).felix
    check_runs(felix)
    reporting = felix.health.component(component)
    reporting.hangs = True
    felix.halt()
    yield f"Felix on {node} is neither live nor ready, since {component} timed out; it writes nothing"
    reporting.hangs = False
    felix.go_on()


@fault
def felix_hung(cluster, node="node1"):
    """Freeze a node's Felix: its health port takes connections and says nothing."""
    felix = cluster.node(node).felix
    check_runs(felix)
    felix.halt()
    felix.health.hang()
    yield f"Felix on {node} answers nobody and writes nothing"
    felix.health.answer_again()
    felix.go_on()


@fault
def felix_dead(cluster, node="node1"):
    """Kill a node's Felix and leave it dead: its files and routes stay, and nobody looks after them."""
    felix = cluster.node(node).felix
    check_runs(felix)
    felix.stop()
    yield f"Felix on {node} is gone; pods that start there get no file, those that end leave theirs"
    felix.start()


@fault
def felix_keeps_dying(cluster, node="node1"):
    """Let a node's Felix die again and again, and be started anew each time, as runit does."""
    felix = cluster.node(node).felix
    check_runs(felix)
    with repeatedly(lambda: _die_and_start(felix), _ALIVE):
        yield f"Felix on {node} ends every few seconds; between two ends all looks well"


def _die_and_start(felix):
    felix.stop()
    time.sleep(_DEAD)
    startup = felix.health.component("FelixStartup")
    startup.ready = False
    felix.health.start()
    time.sleep(_STARTING)
    startup.ready = True
    felix.go_on()


@fault
def roll_back(cluster, node="node1", version="3.29"):
    """Put an older Calico on a node: one that writes no endpoint-status leaves the files of before, which go stale."""
    felix = cluster.node(node).felix
    check_runs(felix)
    newer = felix.calico
    felix.turn_into(Calico(version))
    cluster.configure(felix.node)
    yield f"{node} has Calico {version}"
    felix.turn_into(newer)
    cluster.configure(felix.node)


@fault
@needs("pod")
def stale_files(cluster, node="node1", version="3.29"):
    """Put an older Calico on a node, as roll-back does; then its last pod ends and another one starts."""
    target = cluster.node(node)
    felix = target.felix
    check_runs(felix)
    target.pods.first()
    newer = felix.calico
    felix.turn_into(Calico(version))
    cluster.configure(target)
    *_, ended = target.pods
    target.pods.delete(ended.name)
    (started,) = target.pods.add(name=f"default/{node}-later", addresses=ended.addresses)
    yield f"{node} has Calico {version}, a file of {ended.name}, which has ended, and none of {started.name}"
    target.pods.delete(started.name)
    felix.turn_into(newer)
    cluster.configure(target)
    target.pods.add(name=ended.name, addresses=ended.addresses)
