# SPDX-License-Identifier: Apache-2.0
"""Faults of VXLAN tunnels as Felix programs them."""

from calicolab import vxlan
from calicolab.errors import LabError
from calicolab.faults.registry import fault

_HOST_MTU = 1500
_JUMBO_MTU = 9000


@fault
def wrong_tunnel_mtu(cluster, node="node1"):
    """Give a node's tunnels the MTU of eth0, without room for the headers of VXLAN."""
    target = _with_tunnels(cluster, node)
    _set_tunnel_mtu(target, dict.fromkeys(vxlan.MTU, _HOST_MTU))
    yield f"the tunnels of {node} take packets of {_HOST_MTU} bytes, which eth0 cannot carry with their headers"
    _set_tunnel_mtu(target, vxlan.MTU)


def _set_tunnel_mtu(node, mtu):
    """The kernel lets a tunnel have no more than its eth0 carries at that moment, and forgets about it later."""
    node.namespace.ip(
        f"link set eth0 mtu {_JUMBO_MTU}",
        *(f"link set {vxlan.DEVICE[family]} mtu {mtu[family]}" for family in node.families),
        f"link set eth0 mtu {_HOST_MTU}",
    )


@fault
def tunnel_down(cluster, node="node1"):
    """Set a node's tunnels down; the kernel drops the routes through them."""
    target = _with_tunnels(cluster, node)
    target.namespace.ip(*(f"link set {vxlan.DEVICE[family]} down" for family in target.families))
    yield f"{node} has no routes to the others' blocks, and its pods reach only the node's own"
    vxlan.bring_up(target)
    for other in cluster.others(target):
        vxlan.add_remote(target, other)


@fault
def bypass_tunnel(cluster, node="node1", remote="node2"):
    """Route another node's blocks over eth0 without encapsulation, while all others use the tunnel."""
    target, other = _with_tunnels(cluster, node), _remote(cluster, node, remote)
    routes = [
        f"{block} via {other.address(family)} dev eth0 proto 80 onlink"
        for family in target.families
        for block in other.blocks(family)
    ]
    vxlan.delete_routes(target, other)
    target.namespace.ip(*(f"route add {route}" for route in routes))
    yield f"{node} sends the packets for the pods of {remote} over the underlay, which does not know their addresses"
    vxlan.add_routes(target, other)


@fault
def lose_vtep_neighbor(cluster, node="node1", remote="node2"):
    """Delete the MAC of another node's tunnel address."""
    target, other = _with_tunnels(cluster, node), _remote(cluster, node, remote)
    vxlan.delete_neighbor(target, other)
    yield f"{node} asks in vain for the MAC of {remote}'s tunnel address: nobody answers ARP in a VXLAN of Calico's"
    vxlan.add_neighbor(target, other)


@fault
def lose_vtep_fdb(cluster, node="node1", remote="node2"):
    """Delete the host address behind the MAC of another node's tunnel."""
    target, other = _with_tunnels(cluster, node), _remote(cluster, node, remote)
    vxlan.delete_fdb_entry(target, other)
    yield f"{node} has no host to send to for the MAC of {remote}'s tunnel, and drops all for its pods"
    vxlan.add_fdb_entry(target, other)


def _with_tunnels(cluster, name):
    node = cluster.node(name)
    vxlan.check_used_by(node)
    return node


def _remote(cluster, node, remote):
    if node == remote:
        raise LabError(f"{node} has no tunnel to itself; name another node")
    return cluster.node(remote)
