# SPDX-License-Identifier: Apache-2.0
"""Faults of what Felix enters for VXLAN tunnels."""

from calicolab import addressing, ping, vxlan
from calicolab.errors import LabError
from calicolab.faults.registry import fault, needs
from calicolab.faults.tunnels import remote_of, restore
from calicolab.faults.upkeep import repeatedly

_FOREIGN = {"ipv4": "198.51.100.40", "ipv6": "2001:db8::40"}
_PING_SECONDS = 0.5
_BORROWED_INDEX = 41  # of a block's addresses


@fault
@needs("vxlan")
def lose_vtep_neighbor(cluster, node="node1", remote="node2"):
    """Delete the MAC of another node's tunnel address."""
    target, other = _with_tunnels(cluster, node), remote_of(cluster, node, remote)
    vxlan.delete_neighbor(target, other)
    yield f"{node} asks in vain for the MAC of {remote}'s tunnel address: nobody answers ARP in a VXLAN of Calico's"
    vxlan.add_neighbor(target, other)


@fault
@needs("vxlan")
def lose_vtep_fdb(cluster, node="node1", remote="node2"):
    """Delete the host address behind the MAC of another node's tunnel."""
    target, other = _with_tunnels(cluster, node), remote_of(cluster, node, remote)
    try:
        vxlan.delete_fdb_entry(target, other)
    except LabError:  # Linux 5.10 lets nobody delete one from within a user namespace
        _make_anew_without_entry(cluster, target, other)
    yield f"{node} has no host to send to for the MAC of {remote}'s tunnel, and drops all for its pods"
    vxlan.add_fdb_entry(target, other)


@fault
@needs("vxlan")
def lose_vtep_route(cluster, node="node1", remote="node2"):
    """Delete the routes through the tunnel to another node's blocks."""
    target, other = _with_tunnels(cluster, node), remote_of(cluster, node, remote)
    vxlan.delete_routes(target, other)
    yield f"{node} knows where the tunnel of {remote} ends, and leads nothing there"
    vxlan.add_routes(target, other)


@fault
@needs("vxlan", "third")
def clone_vtep_mac(cluster, node="node1", remote="node2"):
    """Give another node's tunnel address the MAC of a third one's, as cloned machines have."""
    target, other = _with_tunnels(cluster, node), remote_of(cluster, node, remote)
    third = next((each for each in cluster.others(target) if each is not other), None)
    if third is None:
        raise LabError("two nodes are too few for a clone; start a lab with three")
    vxlan.give_mac_of(target, other, third)
    yield f"{node} sends what is for pods of {remote} to {third.name}"
    vxlan.add_neighbor(target, other)


@fault
@needs("vxlan")
def foreign_tunnel_source(cluster, node="node1"):
    """Make a node's tunnels for an address that it does not have, as one that lost its address keeps."""
    target = _with_tunnels(cluster, node)
    vxlan.create_device_for(target, {family: _FOREIGN[family] for family in target.families})
    _enter_others(cluster, target)
    yield f"the tunnels of {node} send as {_FOREIGN['ipv4']}, which it does not have"
    _make_anew(cluster, target)


@fault
@needs("vxlan")
def wrong_tunnel_source(cluster, node="node1"):
    """Make a node's tunnels for the address of a second interface, which does not lead to the other nodes."""
    target = _with_tunnels(cluster, node)
    lengths = {"ipv4": 32, "ipv6": 128}
    target.namespace.ip("link add wan0 type veth peer name wan1", "link set wan0 up", "link set wan1 up")
    for family in target.families:
        nodad = " nodad" if family == "ipv6" else ""
        target.namespace.ip(f"addr add {_FOREIGN[family]}/{lengths[family]} dev wan0{nodad}")
    vxlan.create_device_for(target, {family: _FOREIGN[family] for family in target.families})
    _enter_others(cluster, target)
    yield f"the tunnels of {node} send as {_FOREIGN['ipv4']} of wan0, and eth0 leads to the other nodes"
    _make_anew(cluster, target)
    target.namespace.ip("link del wan0")


@fault
@needs("vxlan")
def borrow_tunnel_address(cluster, node="node1", remote="node2"):
    """Give a node's tunnels addresses of another node's blocks, as Calico does where no block is free."""
    target, other = _with_tunnels(cluster, node), remote_of(cluster, node, remote)
    borrowed = [addressing.pod_address(family, other.octet, _BORROWED_INDEX) for family in target.families]
    _readdress(target, borrowed, [vxlan.tunnel_address(family, target) for family in target.families])
    yield f"the tunnels of {node} have {', '.join(borrowed)}, of the blocks of {remote}"
    _readdress(target, [vxlan.tunnel_address(family, target) for family in target.families], borrowed)


def _readdress(node, new, old):
    """The new ones first: with its last address, a device loses its IPv4 routes."""
    for family, added, removed in zip(node.families, new, old):
        device, length = vxlan.DEVICE[family], addressing.HOST_LENGTH[family]
        node.namespace.ip(f"addr add {added}/{length} dev {device}", f"addr del {removed}/{length} dev {device}")


@fault
@needs("vxlan", "pod")
def silence_tunnel(cluster, node="node1", remote="node2"):
    """Drop the tunnels' packets that reach a node, whose first pod goes on to send to another node's."""
    target, other = _with_tunnels(cluster, node), remote_of(cluster, node, remote)
    (pod,), (peer,) = target.pods.first(), other.pods.first()
    target.namespace.run("nft", "-f", "-", given=(
        "table inet silence { chain in { type filter hook input priority 0; udp dport 4789 drop; }; }"
    ))  # fmt: skip

    def ask(timeout=0.0):
        for family, address in peer.addresses.items():
            ping.unanswered(pod.namespace, family, [address], timeout)

    with repeatedly(ask, _PING_SECONDS):
        yield f"the tunnels of {node} send, and nothing comes back"
    target.namespace.run("nft", "delete", "table", "inet", "silence")
    ask(timeout=1.0)


def _enter_others(cluster, node):
    vxlan.add_own_routes(node)
    for other in cluster.others(node):
        vxlan.add_remote(node, other)


def _make_anew_without_entry(cluster, node, remote):
    for device in vxlan.DEVICE.values():
        vxlan.delete_device(node, device)
    vxlan.create_device(node)
    for other in cluster.others(node):
        vxlan.add_neighbor(node, other)
        if other is not remote:
            vxlan.add_fdb_entry(node, other)
        vxlan.add_routes(node, other)


def _make_anew(cluster, node):
    for device in vxlan.DEVICE.values():
        vxlan.delete_device(node, device)
    vxlan.create_device(node)
    restore(cluster, node)


def _with_tunnels(cluster, name):
    node = cluster.node(name)
    vxlan.check_used_by(node)
    return node
