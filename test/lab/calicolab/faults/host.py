# SPDX-License-Identifier: Apache-2.0
"""Faults of a node's own network, and of what Calico was told about it."""

from __future__ import annotations

import os
import socket
import struct
import time

from calicolab import addressing
from calicolab.errors import LabError
from calicolab.faults.registry import fault, needs
from calicolab.network import BRIDGE
from calicolab.waiting import eventually

_DOCKER0 = "172.17.0.1"
_VIRTUAL = "10.39.1.126"
_VIRTUAL_LENGTH = 25  # a network that has the first half of the nodes
_PATH_MTU = 1400
_HOURS_OF_A_TOKEN = 24
_ROUTER_ADVERTISEMENT = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0)  # a router for half an hour (RFC 4861)


@fault
@needs("pod", "ipv6")
def no_pod_link_local(cluster, node="node1"):
    """Take the link-local address from the interface of a node's first pod, which is the pod's IPv6 gateway."""
    target = cluster.node(node)
    (pod,) = target.pods.first(families=["ipv6"])
    address = f"{addressing.HOST_SIDE_LINK_LOCAL}/64 dev {pod.interface}"
    target.namespace.ip(f"addr del {address}")
    yield f"{pod.interface} on {node} has no link-local address, and {pod.name} no IPv6 gateway"
    target.namespace.ip(f"addr replace {address} scope link nodad")
    target.pods.greet([pod])


@fault
@needs("bird")
def docker0_address(cluster, node="node1"):
    """Let Calico take the address of docker0 for a node's own."""
    target = cluster.node(node)
    target.every_bird()
    target.namespace.ip("link add docker0 type bridge", "link set docker0 up", f"addr add {_DOCKER0}/16 dev docker0")
    _mistake(cluster, target, _DOCKER0)
    yield f"BIRD on {node} speaks as {_DOCKER0}, which no other node can answer"
    _mistake(cluster, target, None)
    target.namespace.ip("link del docker0")


def _mistake(cluster, target, address):
    """All nodes learn of the address from the datastore."""
    target.mistaken_for = address
    for each in [target, *cluster.others(target)]:
        cluster.configure(each)


@fault
def virtual_network(cluster, node="node1"):
    """Give a node a virtual address whose network leads to the other nodes, as keepalived does by a wrong length."""
    target = cluster.node(node)
    target.namespace.ip(f"addr add {_VIRTUAL}/{_VIRTUAL_LENGTH} dev eth0")
    yield f"the kernel of {node} sends what goes to other nodes from {_VIRTUAL}"
    target.namespace.run("ip", "addr", "flush", "dev", "eth0", "to", _VIRTUAL)  # whatever length it has by now


@fault
@needs("ipv6")
def advertisements_ignored(cluster, node="node1"):
    """Let a router tell a node its IPv6 default route, and the node's kernel then ignore all that follow."""
    target = cluster.node(node)
    if "ipv6" not in target.families:
        raise LabError("this lab has no IPv6")
    setting = "net/ipv6/conf/eth0/accept_ra"
    target.namespace.sysctl(setting, 2)
    eventually(lambda: _advertise(cluster, target) or _routes_of_router(target), 5, every=0.2)
    target.namespace.sysctl(setting, 1)
    yield f"the IPv6 default route that {node} has from a router ends within half an hour"
    if _routes_of_router(target):
        target.namespace.run("ip", "-6", "route", "del", "default", "proto", "ra")


def _advertise(cluster, target):
    """One advertisement of the gateway's, to this node alone."""
    with cluster.network.gateway.entered():
        with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as router:
            router.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, 255)
            router.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, BRIDGE.encode())
            router.bind((_link_local(cluster.network.gateway), 0, 0, socket.if_nametoindex(BRIDGE)))
            router.sendto(_ROUTER_ADVERTISEMENT, (target.address("ipv6"), 0))


def _link_local(namespace):
    shown = namespace.run("ip", "-6", "-oneline", "addr", "show", "dev", BRIDGE, "scope", "link")
    return shown.split()[3].partition("/")[0]


def _routes_of_router(target):
    return target.namespace.run("ip", "-6", "route", "show", "default", "proto", "ra")


@fault
@needs("bird")
def small_path(cluster, node="node1", peer="node2"):
    """Let a router tell a node that the way to a peer takes smaller packets than pods send."""
    target, other = cluster.node(node), cluster.node(peer)
    target.every_bird()
    _say_too_big(cluster, target, other)
    yield f"{node} knows that {_PATH_MTU} bytes pass on the way to {peer}, and its pods send {target.pod_mtu}"
    target.namespace.ip("route flush cache")
    # A connection looks its way up anew when it has something to send: BIRD's next keepalive.
    eventually(lambda: f"pmtu:{_PATH_MTU} " not in target.namespace.run("ss", "--tcp", "--info"), timeout=90)


def _say_too_big(cluster, target, other):
    """ICMP "fragmentation needed" for an echo reply that the node is said to have sent (RFC 1191)."""
    ends = [socket.inet_aton(each.address("ipv4")) for each in (target, other)]
    packet = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 1500, 0, 0x4000, 64, socket.IPPROTO_ICMP, 0, *ends) + bytes(8)
    message = struct.pack("!BBHHH", 3, 4, 0, 0, _PATH_MTU) + packet
    message = message[:2] + struct.pack("!H", _checksum(message)) + message[4:]
    with cluster.network.gateway.entered():
        with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as router:
            router.sendto(message, (target.address("ipv4"), 0))


def _checksum(message):
    total = sum(struct.unpack(f"!{len(message) // 2}H", message))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


@fault
def old_cni_token(cluster, node="node1"):
    """Let the CNI plugin's kubeconfig of a node be older than the token in it lasts."""
    path = cluster.node(node).cni_kubeconfig
    with open(path, "w") as kubeconfig:
        kubeconfig.write("it is looked at for its age alone\n")
    written = time.time() - _HOURS_OF_A_TOKEN * 3600 - 1
    os.utime(path, (written, written))
    yield f"no pod can start or stop on {node}"
    os.unlink(path)
