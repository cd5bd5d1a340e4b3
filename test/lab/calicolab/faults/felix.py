# SPDX-License-Identifier: Apache-2.0
"""Faults of Felix, and of what it needs."""

from calicolab.faults.registry import fault
from calicolab.felix import check_runs
from calicolab.version import Calico


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
