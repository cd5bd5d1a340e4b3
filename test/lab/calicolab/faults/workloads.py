# SPDX-License-Identifier: Apache-2.0
"""Faults of pods, their interfaces, routes and neighbors."""

from calicolab.errors import LabError
from calicolab.faults.registry import fault


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
