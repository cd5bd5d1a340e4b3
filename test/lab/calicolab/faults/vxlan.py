# SPDX-License-Identifier: Apache-2.0
"""Faults of what Felix enters for VXLAN tunnels."""

from calicolab import vxlan
from calicolab.faults.registry import fault
from calicolab.faults.tunnels import remote_of


@fault
def lose_vtep_neighbor(cluster, node="node1", remote="node2"):
    """Delete the MAC of another node's tunnel address."""
    target, other = _with_tunnels(cluster, node), remote_of(cluster, node, remote)
    vxlan.delete_neighbor(target, other)
    yield f"{node} asks in vain for the MAC of {remote}'s tunnel address: nobody answers ARP in a VXLAN of Calico's"
    vxlan.add_neighbor(target, other)


@fault
def lose_vtep_fdb(cluster, node="node1", remote="node2"):
    """Delete the host address behind the MAC of another node's tunnel."""
    target, other = _with_tunnels(cluster, node), remote_of(cluster, node, remote)
    vxlan.delete_fdb_entry(target, other)
    yield f"{node} has no host to send to for the MAC of {remote}'s tunnel, and drops all for its pods"
    vxlan.add_fdb_entry(target, other)


def _with_tunnels(cluster, name):
    node = cluster.node(name)
    vxlan.check_used_by(node)
    return node
