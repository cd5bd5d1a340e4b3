# SPDX-License-Identifier: Apache-2.0
"""Faults of a node's tunnel devices, whichever it has."""

from calicolab import tunnels
from calicolab.errors import LabError
from calicolab.faults.registry import fault, needs

_JUMBO_MTU = 9000


@fault
@needs("tunnel")
def wrong_tunnel_mtu(cluster, node="node1"):
    """Give a node's tunnels the MTU of eth0, without room for the headers of VXLAN or IPIP."""
    target = cluster.node(node)
    right = tunnels.required(target).MTU
    _set_mtu(target, dict.fromkeys(right, tunnels.NIC_MTU))
    yield f"the tunnels of {node} take packets of {tunnels.NIC_MTU} bytes, which eth0 cannot carry with their headers"
    _set_mtu(target, right)


def _set_mtu(node, mtu):
    """The kernel lets a tunnel have no more than its eth0 carries at that moment, and forgets about it later."""
    node.namespace.ip(
        f"link set eth0 mtu {_JUMBO_MTU}",
        *(f"link set {device} mtu {mtu[family]}" for family, device in tunnels.devices(node).items()),
        f"link set eth0 mtu {tunnels.NIC_MTU}",
    )


@fault
@needs("tunnel")
def tunnel_down(cluster, node="node1"):
    """Set a node's tunnels down; the kernel drops the routes through them."""
    target = cluster.node(node)
    target.namespace.ip(*(f"link set {device} down" for device in tunnels.devices(target).values()))
    yield f"{node} has no routes to the others' blocks, and its pods reach only the node's own"
    restore(cluster, target)


@fault
@needs("tunnel")
def tunnel_missing(cluster, node="node1"):
    """Delete a node's tunnels. Where BIRD leads routes by tunl0, it now leads them past it, as Calico's does."""
    target = cluster.node(node)
    module = tunnels.required(target)
    for device in tunnels.devices(target).values():
        module.delete_device(target, device)
    target.past_tunnel = {other.name for other in cluster.others(target)}
    cluster.configure(target)
    yield f"{node} sends nothing to the others' pods through a tunnel"
    target.past_tunnel = set()
    module.create_device(target)
    restore(cluster, target)
    cluster.configure(target)


@fault
@needs("tunnel")
def tunnel_without_address(cluster, node="node1"):
    """Take the addresses of a node's tunnels; with the last one of IPv4 the kernel drops the routes through it."""
    target = cluster.node(node)
    target.namespace.ip(*(f"addr flush dev {device}" for device in tunnels.devices(target).values()))
    yield f"{node} has no address of its own to speak to the others' pods with"
    restore(cluster, target)


def restore(cluster, node):
    """As Felix does within 10 s: the devices, and what went with them."""
    module = tunnels.of(node)
    module.bring_up(node)
    for other in cluster.others(node):
        module.add_remote(node, other)


@fault
@needs("tunnel")
def bypass_tunnel(cluster, node="node1", remote="node2"):
    """Route another node's blocks over eth0 without encapsulation, while all others use the tunnel."""
    target, other = cluster.node(node), remote_of(cluster, node, remote)
    tunnels.required(target).lead_past(cluster, target, other)
    yield f"{node} sends the packets for the pods of {remote} over the underlay, which does not know their addresses"
    tunnels.of(target).lead_back(cluster, target, other)


def remote_of(cluster, node, remote):
    if node == remote:
        raise LabError(f"{node} has no tunnel to itself; name another node")
    return cluster.node(remote)
