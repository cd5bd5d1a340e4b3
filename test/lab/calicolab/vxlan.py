# SPDX-License-Identifier: Apache-2.0
"""The routes of a VXLAN pool as Felix programs them: no BGP, one device a family, every remote end entered by hand."""

from __future__ import annotations

from calicolab import addressing
from calicolab.errors import LabError

DEVICE = {"ipv4": "vxlan.calico", "ipv6": "vxlan-v6.calico"}
MTU = {"ipv4": 1450, "ipv6": 1430}
_VNI = 4096
_PORT = 4789


def create_device(node):
    for family in node.families:
        device = DEVICE[family]
        node.namespace.ip(
            f"link add {device} address {_mac(family, node)} mtu {MTU[family]} type vxlan id {_VNI} dstport {_PORT}"
            f" local {node.address(family)} dev eth0 nolearning",
        )
    bring_up(node)
    add_own_routes(node)


def bring_up(node):
    """With its address, which the kernel drops with the device in IPv6."""
    for family in node.families:
        address = f"{_tunnel_address(family, node)}/{addressing.HOST_LENGTH[family]}"
        nodad = " nodad" if family == "ipv6" else ""
        node.namespace.ip(f"link set {DEVICE[family]} up", f"addr replace {address} dev {DEVICE[family]}{nodad}")


def add_own_routes(node):
    node.namespace.ip(*(f"route replace {route}" for route in own_routes(node)))


def own_routes(node):
    """What Felix writes for the node's own blocks."""
    return [f"blackhole {block} proto 80" for family in node.families for block in node.blocks(family)]


def add_remote(node, other):
    """What Felix on `node` does when `other` joins the cluster."""
    add_neighbor(node, other)
    add_fdb_entry(node, other)
    add_routes(node, other)


def add_neighbor(node, other):
    for family in node.families:
        mac, device = _mac(family, other), DEVICE[family]
        node.namespace.ip(f"neigh replace {_tunnel_address(family, other)} lladdr {mac} dev {device} nud permanent")


def add_fdb_entry(node, other):
    for family in node.families:
        mac, device = _mac(family, other), DEVICE[family]
        node.namespace.run(
            "bridge", "fdb", "replace", mac, "dev", device, "dst", other.address(family), "self", "permanent"
        )


def add_routes(node, other):
    """In place of others by Felix: IPv6 refuses a gateway that one of them leads elsewhere."""
    for family in node.families:
        flag, tunnel = "-4" if family == "ipv4" else "-6", _tunnel_address(family, other)
        for block in other.blocks(family):
            node.namespace.run("ip", flag, "route", "flush", "exact", block, "proto", "80")
            node.namespace.ip(f"route add {block} via {tunnel} dev {DEVICE[family]} proto 80 onlink")


def remove_remote(node, other):
    delete_routes(node, other)
    delete_neighbor(node, other)
    delete_fdb_entry(node, other)


def delete_routes(node, other):
    for family in node.families:
        node.namespace.ip(*(f"route del {block} dev {DEVICE[family]} proto 80" for block in other.blocks(family)))


def delete_neighbor(node, other):
    """After it `node` has no MAC for the tunnel address of `other`."""
    for family in node.families:
        node.namespace.ip(f"neigh del {_tunnel_address(family, other)} dev {DEVICE[family]}")


def delete_fdb_entry(node, other):
    """After it `node` knows no host to send to for the MAC of `other`."""
    for family in node.families:
        mac, device = _mac(family, other), DEVICE[family]
        node.namespace.run("bridge", "fdb", "del", mac, "dev", device, "dst", other.address(family), "self")


def check_used_by(node):
    """LabError where the node has no tunnel."""
    if node.options.encap != "vxlan":
        raise LabError("this lab has no VXLAN; start one with --encap vxlan")


def _tunnel_address(family, node):
    return addressing.pod_address(family, node.octet, 0)


def _mac(family, node):
    return f"66:00:0a:27:{'04' if family == 'ipv4' else '06'}:{node.octet:02x}"
