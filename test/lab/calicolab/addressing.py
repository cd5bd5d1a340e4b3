# SPDX-License-Identifier: Apache-2.0
"""Who has which address. Pure; one scheme, so that a number seen anywhere tells the node it belongs to."""

from __future__ import annotations

import hashlib

HOST_SIDE_MAC = "ee:ee:ee:ee:ee:ee"
HOST_SIDE_LINK_LOCAL = "fe80::ecee:eeff:feee:eeee"
POD_GATEWAY = "169.254.1.1"
POOL = {"ipv4": "192.168.0.0/16", "ipv6": "fd10::/64"}
SUBNET_LENGTH = {"ipv4": 24, "ipv6": 64}
HOST_LENGTH = {"ipv4": 32, "ipv6": 128}
BLOCK_SIZE = 64
MOST_BLOCKS = 4  # of one node: what one last octet can number
GATEWAY_OCTET = 1
MONITOR_OCTET = 2


def host_address(family, octet):
    """The address on the nodes' common network."""
    return f"10.39.1.{octet}" if family == "ipv4" else f"fd39:1::{octet}"


def host_mac(octet):
    return f"02:00:0a:27:01:{octet:02x}"


def block(family, octet, number=0):
    """One of the node's own blocks of pod addresses, in Calico's default sizes, which hold 64 in both families."""
    first = number * BLOCK_SIZE
    return f"192.168.{octet}.{first}/26" if family == "ipv4" else f"fd10::{octet}:{first:x}/122"


def pod_address(family, octet, index):
    """index 0 is the node's tunnel address, pods start at 1."""
    return f"192.168.{octet}.{index}" if family == "ipv4" else f"fd10::{octet}:{index:x}"


def last_pod(blocks):
    """The greatest index in that many blocks; the last address of all stays free."""
    return blocks * BLOCK_SIZE - 2


def family_of(address):
    return "ipv6" if ":" in address else "ipv4"


def veth_name(pod_name, prefix="cali"):
    """Calico's VethNameForWorkload for the pod `namespace/name`; others name theirs by it, too."""
    return prefix + hashlib.sha1(pod_name.replace("/", ".").encode()).hexdigest()[:11]


def protocol_name(kind, address):
    """Calico's name for a BGP protocol: Mesh_10_39_1_12, Mesh_fd39_1__12."""
    return f"{kind}_{address.replace('.', '_').replace(':', '_')}"


def waits_for(own_address, peer_address):
    """Calico compares the addresses as text: the node with the smaller one waits, the other dials."""
    return peer_address > own_address
