# SPDX-License-Identifier: Apache-2.0
"""The routes of a VXLAN pool as Felix programs them: no BGP, one device a family, every remote end entered by hand."""

from __future__ import annotations

from calicolab import addressing

DEVICE = {"ipv4": "vxlan.calico", "ipv6": "vxlan-v6.calico"}
_MTU = {"ipv4": 1450, "ipv6": 1430}
_VNI = 4096
_PORT = 4789


def pod_mtu(families):
    """What Felix gives pods: the smallest of its tunnels'."""
    return min(_MTU[family] for family in families)


def create_device(node):
    for family in node.families:
        device = DEVICE[family]
        node.namespace.ip(
            f"link add {device} address {_mac(family, node)} mtu {_MTU[family]} type vxlan id {_VNI} dstport {_PORT}"
            f" local {node.address(family)} dev eth0 nolearning",
            f"link set {device} up",
            f"addr add {_tunnel_address(family, node)}/{addressing.HOST_LENGTH[family]} dev {device}"
            + (" nodad" if family == "ipv6" else ""),
            *(f"route replace blackhole {block} proto 80" for block in node.blocks(family)),
        )


def add_remote(node, other):
    """What Felix on `node` does when `other` joins the cluster."""
    for family in node.families:
        device, tunnel, mac = DEVICE[family], _tunnel_address(family, other), _mac(family, other)
        node.namespace.ip(
            f"neigh replace {tunnel} lladdr {mac} dev {device} nud permanent",
            *(f"route replace {block} via {tunnel} dev {device} proto 80 onlink" for block in other.blocks(family)),
        )
        node.namespace.run("bridge", "fdb", "replace", mac, "dev", device, "dst", other.address(family), "self", "permanent")


def remove_remote(node, other):
    for family in node.families:
        device, tunnel, mac = DEVICE[family], _tunnel_address(family, other), _mac(family, other)
        node.namespace.ip(
            *(f"route del {block} dev {device} proto 80" for block in other.blocks(family)), f"neigh del {tunnel} dev {device}"
        )
        node.namespace.run("bridge", "fdb", "del", mac, "dev", device, "dst", other.address(family), "self")


def _tunnel_address(family, node):
    return addressing.pod_address(family, node.octet, 0)


def _mac(family, node):
    return f"66:00:0a:27:{'04' if family == 'ipv4' else '06'}:{node.octet:02x}"
