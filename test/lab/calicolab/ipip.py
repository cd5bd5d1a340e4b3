# SPDX-License-Identifier: Apache-2.0
"""The tunnel of an IPIP pool: tunl0, which the kernel makes in each namespace once its module
ipip is loaded. For IPv4 alone.

Until 3.32 BIRD leads routes through it, from 3.33 on Felix does. The functions are those of calicolab.vxlan.
"""

from __future__ import annotations

import json
import subprocess

from calicolab import addressing
from calicolab.errors import CommandFailed, LabError, LabUnavailable

DEVICE = {"ipv4": "tunl0"}
MTU = {"ipv4": 1480}
_TUNL0, _FAMILY = DEVICE["ipv4"], "ipv4"
_ASIDE = "aside"


def check_available():
    """Raises LabUnavailable where the kernel has no such tunnels; their module is loaded by asking for one."""
    ask = f"ip link show {_TUNL0} || ip link add {_TUNL0} type ipip"
    done = subprocess.run(["unshare", "--user", "--map-root-user", "--net", "sh", "-c", ask],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # fmt: skip
    if done.returncode != 0:
        raise LabUnavailable(f"this kernel has no IPIP ({done.stdout.strip()}); test/kernels/guest runs one that has")


def create_device(node):
    """It may be there already: the namespace came with it."""
    if _link(node, _ASIDE):
        node.namespace.ip(f"link set {_ASIDE} name {_TUNL0}")
    if _link(node) is None:
        _create(node)
    bring_up(node)
    add_own_routes(node)


def _create(node):
    """Where namespaces come without (net.core.fb_tunnels_only_for_init_net)."""
    try:
        node.namespace.ip(f"link add {_TUNL0} type ipip")
    except CommandFailed:
        if _link(node) is None:  # not even by the module that this has loaded
            raise


def bring_up(node):
    """With its address: while it has none, the kernel lets no route lead through it."""
    address = f"{addressing.pod_address(_FAMILY, node.octet, 0)}/{addressing.HOST_LENGTH[_FAMILY]}"
    node.namespace.ip(f"link set {_TUNL0} mtu {MTU[_FAMILY]} up", f"addr replace {address} dev {_TUNL0}")


def delete_device(node, device):
    """As if the module were not loaded. The kernel lets nobody delete the tunl0 that a namespace came with, so it
    gets another name; it is put back by create_device()."""
    node.namespace.ip(f"link set {device} down", f"addr flush dev {device}")
    node.namespace.ip(f"link set {device} name {_ASIDE}")


def repair(node):
    """Whatever is wrong with the device; whether there was something."""
    link = _link(node)
    address = addressing.pod_address(_FAMILY, node.octet, 0)
    if link and "UP" in link["flags"] and link["mtu"] == MTU[_FAMILY] and address in _addresses(link):
        return False
    if link is None:
        _create(node)
    bring_up(node)
    return True


def add_own_routes(node):
    node.namespace.ip(*(f"route replace {route}" for route in own_routes(node)))


def own_routes(node):
    """What Felix writes for the node's own blocks; before 3.33 BIRD has them."""
    if not node.felix.calico.felix_leads_ipip:
        return []
    return [f"blackhole {block} proto 80" for block in node.blocks(_FAMILY)]


def has_own_routes(node):
    rows = node.namespace.run("ip", "-4", "route").splitlines()
    return all(any(row.startswith(route) for row in rows) for route in own_routes(node))


def add_remote(node, other):
    """What Felix on `node` does when `other` joins the cluster."""
    add_routes(node, other)


def add_routes(node, other):
    """In place of all others of Felix' to these blocks."""
    for block in _led_by_felix(node, other):
        node.namespace.run("ip", "-4", "route", "flush", "exact", block, "proto", "80")
        node.namespace.ip(f"route add {block} {_hop(other)} proto 80 onlink mtu {MTU[_FAMILY]}")


def leads_to(node, other):
    rows = node.namespace.run("ip", "-4", "route", "show", "dev", _TUNL0)
    return all(f"{block} via {other.address(_FAMILY)} " in rows for block in _led_by_felix(node, other))


def remove_remote(node, other):
    delete_routes(node, other)


def delete_routes(node, other):
    node.namespace.ip(*(f"route del {block} {_hop(other)} proto 80" for block in _led_by_felix(node, other)))


def lead_past(cluster, node, other):
    """BIRD does it, as Calico's when it finds no tunl0 at that moment; Felix makes no such mistake."""
    if node.felix.calico.felix_leads_ipip:
        raise LabError("from Calico 3.33 on Felix leads routes through tunl0, and never past it")
    node.past_tunnel.add(other.name)
    cluster.configure(node)


def lead_back(cluster, node, other):
    node.past_tunnel.discard(other.name)
    cluster.configure(node)


def _led_by_felix(node, other):
    return other.blocks(_FAMILY) if node.felix.calico.felix_leads_ipip else []


def _hop(other):
    """The address of the node itself: IPIP has no addresses of its own to reach the others by."""
    return f"via {other.address(_FAMILY)} dev {_TUNL0}"


def _link(node, name=_TUNL0):
    links = json.loads(node.namespace.run("ip", "-json", "address"))
    return next((link for link in links if link["ifname"] == name), None)


def _addresses(link):
    return [row["local"] for row in link["addr_info"]]
