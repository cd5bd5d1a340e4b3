# SPDX-License-Identifier: Apache-2.0
"""Faults of a node's kernel settings and tables."""

import json

from calicolab.errors import LabError
from calicolab.faults.registry import fault
from calicolab.faults.upkeep import repeatedly
from calicolab.faults.workloads import WRONG_MAC

_FULL = 0.95  # of the limit
_REFILL_SECONDS = 1
_TABLE = {"ipv4": "arp_cache", "ipv6": "ndisc_cache"}
_FILL = {"ipv4": "10.66.{}.{}", "ipv6": "fd66::{:x}:{:x}"}
_FILL_NETWORK = {"ipv4": "10.66.0.0/16", "ipv6": "fd66::/64"}


@fault
def forwarding_off(cluster, node="node1"):
    """Switch a node's forwarding off in both families; its pods reach only the node."""
    target = cluster.node(node)
    _set_forwarding(target, 0)
    yield f"{node} forwards nothing from or to its pods"
    _set_forwarding(target, 1)


def _set_forwarding(node, value):
    """Writing `all` writes every interface and `default` as well."""
    for family in node.families:
        node.namespace.sysctl(f"net/{family}/conf/all/forwarding", value)


@fault
def fill_neighbors(cluster, node="node1", family="ipv4"):
    """Fill the kernel's neighbor table to 95 % of its limit. ALL namespaces of this machine share it."""
    target = cluster.node(node)
    if family not in target.families:
        raise LabError(f"FAMILY is one of {', '.join(target.families)}, not {family!r}")
    with repeatedly(lambda: _fill(target.namespace, family), _REFILL_SECONDS):
        yield f"the neighbor table, {_TABLE[family]}, is full on {node} and on all of this machine"
    target.namespace.run("ip", "neigh", "flush", "to", _FILL_NETWORK[family], "dev", "eth0")


def _fill(namespace, family):
    """The kernel drops idle entries whenever it makes a new one in a crowded table, so this has to be repeated."""
    table = json.loads(namespace.run("ip", "-json", "-stats", "ntable", "show", "name", _TABLE[family]))[0]
    ours = json.loads(namespace.run("ip", "-json", "neigh", "show", "to", _FILL_NETWORK[family], "dev", "eth0"))
    wanted = int(table["thresh3"] * _FULL) - (table["entries"] - len(ours))
    addresses = (_FILL[family].format(i // 250, i % 250 + 1) for i in range(wanted))
    namespace.ip(*(f"neigh replace {address} lladdr {WRONG_MAC} dev eth0 nud stale" for address in addresses))
