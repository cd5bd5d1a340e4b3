# SPDX-License-Identifier: Apache-2.0
"""Which tunnels there are in a lab: modules with the same functions, of which a lab has one or none."""

from __future__ import annotations

from calicolab import ipip, vxlan
from calicolab.errors import LabError

NIC_MTU = 1500
BY_ENCAP = {"none": None, "vxlan": vxlan, "ipip": ipip}


def of(node):
    """None: packets for pods travel as they are."""
    return BY_ENCAP[node.options.encap]


def required(node):
    """LabError where there is none."""
    if of(node) is None:
        raise LabError("this lab has no tunnels; start one with --encap vxlan or ipip")
    return of(node)


def devices(node):
    """{family: name} of the node's own."""
    return {family: name for family, name in required(node).DEVICE.items() if family in node.families}


def pod_mtu(options):
    """What the file mtu says: the smallest of the NIC's and the tunnels'."""
    tunnels = BY_ENCAP[options.encap]
    mtu = tunnels.MTU if tunnels else {}
    return min([NIC_MTU, *(mtu[family] for family in options.families if family in mtu)])
