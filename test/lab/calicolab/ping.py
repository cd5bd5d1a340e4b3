# SPDX-License-Identifier: Apache-2.0
"""ICMP echo without the ping program."""

import select
import socket
import time

from calicolab.waiting import patience

_KINDS = {
    "ipv4": (socket.AF_INET, socket.IPPROTO_ICMP, bytes([8, 0, 0, 0, 0, 0, 0, 1])),
    "ipv6": (socket.AF_INET6, socket.IPPROTO_ICMPV6, bytes([128, 0, 0, 0, 0, 0, 0, 1])),
}


def unanswered(namespace, family, addresses, timeout=1.0):
    """Sends each address one echo request from `namespace` and returns those that did not answer in time."""
    domain, protocol, request = _KINDS[family]
    waiting = set(addresses)
    with namespace.entered():
        sock = socket.socket(domain, socket.SOCK_DGRAM, protocol)
    with sock:
        for address in addresses:
            try:
                sock.sendto(request, (address, 0))
            except OSError:  # no route: it will not answer
                pass
        end = time.monotonic() + patience(timeout)
        while waiting and select.select([sock], [], [], max(0, end - time.monotonic()))[0]:
            try:
                waiting.discard(sock.recvfrom(128)[1][0])
            except OSError:  # an ICMP error for an earlier request
                pass
    return waiting
