# SPDX-License-Identifier: Apache-2.0
"""The routes of a VXLAN pool as Felix programs them: no BGP, one device a family, every remote end entered by hand."""

from __future__ import annotations

import hashlib
import json

from calicolab import addressing
from calicolab.errors import LabError

DEVICE = {"ipv4": "vxlan.calico", "ipv6": "vxlan-v6.calico"}
MTU = {"ipv4": 1450, "ipv6": 1430}
_VNI = 4096
_PORT = 4789


def create_device(node):
    for family in node.families:
        _create(node, family)
    bring_up(node)
    add_own_routes(node)


def create_device_for(node, addresses):
    """As Felix does where the node's address is another one, of each family; there may be an old device."""
    for family, address in addresses.items():
        node.namespace.ip(f"link del {DEVICE[family]}")
        _create(node, family, address)
    bring_up(node)


def _create(node, family, local=None):
    """`local` is the address that BGP would use; the MAC proves the name that Felix runs under."""
    device, local = DEVICE[family], local or node.address(family)
    node.namespace.ip(
        f"link add {device} address {_mac(family, node)} mtu {MTU[family]} type vxlan id {_VNI} dstport {_PORT}"
        f" local {local} dev eth0 nolearning",
    )


def bring_up(node):
    """With its address, which the kernel drops with the device in IPv6."""
    for family in node.families:
        address = f"{tunnel_address(family, node)}/{addressing.HOST_LENGTH[family]}"
        nodad = " nodad" if family == "ipv6" else ""
        node.namespace.ip(f"link set {DEVICE[family]} up", f"addr replace {address} dev {DEVICE[family]}{nodad}")


def delete_device(node, device):
    """Routes, neighbors and FDB entries on it go with it."""
    node.namespace.ip(f"link del {device}")


def repair(node):
    """Whatever is wrong with the devices and was not so when they were made; whether there was something."""
    links = {row["ifname"]: row for row in json.loads(node.namespace.run("ip", "-json", "address"))}
    wrong = [family for family in node.families if not _is_right(links.get(DEVICE[family]), family, node)]
    for family in wrong:
        if DEVICE[family] not in links:
            _create(node, family)
        node.namespace.ip(f"link set {DEVICE[family]} mtu {MTU[family]}")
    if wrong:
        bring_up(node)
    return bool(wrong)


def _is_right(link, family, node):
    if link is None or "UP" not in link["flags"] or link["mtu"] != MTU[family]:
        return False
    return tunnel_address(family, node) in [row["local"] for row in link["addr_info"]]


def add_own_routes(node):
    node.namespace.ip(*(f"route replace {route}" for route in own_routes(node)))


def own_routes(node):
    """What Felix writes for the node's own blocks."""
    return [f"blackhole {block} proto 80" for family in node.families for block in node.blocks(family)]


def has_own_routes(node):
    rows = [row for flag in ("-4", "-6") for row in node.namespace.run("ip", flag, "route").splitlines()]
    return all(any(row.startswith(route) for row in rows) for route in own_routes(node))


def add_remote(node, other):
    """What Felix on `node` does when `other` joins the cluster."""
    add_neighbor(node, other)
    add_fdb_entry(node, other)
    add_routes(node, other)


def add_neighbor(node, other):
    for family in node.families:
        mac, device = _mac(family, other), DEVICE[family]
        node.namespace.ip(f"neigh replace {tunnel_address(family, other)} lladdr {mac} dev {device} nud permanent")


def add_fdb_entry(node, other):
    for family in node.families:
        mac, device = _mac(family, other), DEVICE[family]
        node.namespace.run(
            "bridge", "fdb", "replace", mac, "dev", device, "dst", other.address(family), "self", "permanent"
        )


def add_routes(node, other):
    """In place of all others to these blocks but BIRD's: IPv6 refuses a gateway that one of them leads elsewhere."""
    for family in node.families:
        flag, tunnel = "-4" if family == "ipv4" else "-6", tunnel_address(family, other)
        mtu = f" mtu {MTU[family]}" if node.felix.calico.tunnel_routes_have_mtu else ""
        for block in other.blocks(family):
            for protocol in ("80", "boot"):
                node.namespace.run("ip", flag, "route", "flush", "exact", block, "proto", protocol)
            node.namespace.ip(f"route add {block} via {tunnel} dev {DEVICE[family]} proto boot onlink{mtu}")


def leads_to(node, other):
    """Whether all that add_remote() wrote is there."""
    database = node.namespace.run("bridge", "fdb")
    for family in node.families:
        device, flag = DEVICE[family], "-4" if family == "ipv4" else "-6"
        routes = json.loads(node.namespace.run("ip", "-json", flag, "route", "show", "dev", device))
        neighbors = json.loads(node.namespace.run("ip", "-json", flag, "neigh", "show", "dev", device))
        present = {(row["dst"], row.get("gateway")) for row in routes}
        tunnel, mac = tunnel_address(family, other), _mac(family, other)
        if not {(block, tunnel) for block in other.blocks(family)} <= present:
            return False
        if (tunnel, mac) not in {(row["dst"], row.get("lladdr")) for row in neighbors}:
            return False
        if f"{mac} dev {device} dst {other.address(family)} " not in database:
            return False
    return True


def remove_remote(node, other):
    delete_routes(node, other)
    delete_neighbor(node, other)
    delete_fdb_entry(node, other)


def delete_routes(node, other):
    for family in node.families:
        node.namespace.ip(*(f"route del {block} dev {DEVICE[family]}" for block in other.blocks(family)))


def lead_past(_cluster, node, other):
    """Over eth0 instead, as Felix does within a subnet (CrossSubnet)."""
    delete_routes(node, other)
    node.namespace.ip(*(f"route add {route}" for route in _past(node, other)))


def lead_back(_cluster, node, other):
    node.namespace.ip(*(f"route del {route}" for route in _past(node, other)))
    add_routes(node, other)


def _past(node, other):
    return [
        f"{block} via {other.address(family)} dev eth0 proto 80 onlink"
        for family in node.families
        for block in other.blocks(family)
    ]


def give_mac_of(node, other, clone):
    """The tunnel address of `other` has the MAC of `clone`."""
    for family in node.families:
        mac, device = _mac(family, clone), DEVICE[family]
        node.namespace.ip(f"neigh replace {tunnel_address(family, other)} lladdr {mac} dev {device} nud permanent")


def delete_neighbor(node, other):
    """After it `node` has no MAC for the tunnel address of `other`."""
    for family in node.families:
        node.namespace.ip(f"neigh del {tunnel_address(family, other)} dev {DEVICE[family]}")


def delete_fdb_entry(node, other):
    """After it `node` knows no host to send to for the MAC of `other`."""
    for family in node.families:
        mac, device = _mac(family, other), DEVICE[family]
        node.namespace.run("bridge", "fdb", "del", mac, "dev", device, "dst", other.address(family), "self")


def check_used_by(node):
    """LabError where the node has no tunnel."""
    if node.options.encap != "vxlan":
        raise LabError("this lab has no VXLAN; start one with --encap vxlan")


def tunnel_address(family, node):
    """The first one of the node's first block."""
    return addressing.pod_address(family, node.octet, 0)


def _mac(family, node):
    """As Felix makes it: 66, and the first five bytes of the SHA-1 of the node's name, which has a suffix in IPv6."""
    name = node.name + ("" if family == "ipv4" else "-v6")
    return "66:" + ":".join(f"{byte:02x}" for byte in hashlib.sha1(name.encode()).digest()[:5])
