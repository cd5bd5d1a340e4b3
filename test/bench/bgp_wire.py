# SPDX-License-Identifier: Apache-2.0
"""The few BGP messages that a peer of the measured node sends (RFC 4271, 2918, 4724, 4760, 6793), and how to cut what
it gets. Pure."""

import ipaddress
import struct

HEADER = 19
MOST = 4096  # bytes of a message
OPEN, UPDATE, NOTIFICATION, KEEPALIVE = 1, 2, 3, 4
PREFIX = 5  # bytes of a /25 or longer in an UPDATE
_HOLD = 240  # seconds, as BIRD's own
_IPV4_UNICAST = b"\0\1\0\1"
_RESTART_TIME = 120  # seconds, as BIRD's own


def message(kind, body=b""):
    return b"\xff" * 16 + struct.pack("!HB", HEADER + len(body), kind) + body


def open_message(as_number, router_id):
    """With the capabilities of a Calico node: IPv4, route refresh, graceful restart, AS numbers of 4 bytes."""
    restart = struct.pack("!H", _RESTART_TIME) + b"\0\1\1\0"
    offered = {1: _IPV4_UNICAST, 2: b"", 64: restart, 65: struct.pack("!I", as_number)}
    capabilities = b"".join(bytes([code, len(value)]) + value for code, value in offered.items())
    parameters = bytes([2, len(capabilities)]) + capabilities
    fixed = struct.pack("!BHH4sB", 4, as_number, _HOLD, ipaddress.ip_address(router_id).packed, len(parameters))
    return message(OPEN, fixed + parameters)


def announcements(prefixes, next_hop):
    """UPDATEs of iBGP for these networks."""
    attributes = (
        b"\x40\x01\x01\x00"  # ORIGIN IGP
        b"\x40\x02\x00"  # AS_PATH, empty
        b"\x40\x03\x04" + ipaddress.ip_address(next_hop).packed + b"\x40\x05\x04\x00\x00\x00\x64"  # LOCAL_PREF 100
    )
    fixed = b"\0\0" + struct.pack("!H", len(attributes)) + attributes
    return [message(UPDATE, fixed + part) for part in _parts(prefixes, MOST - HEADER - len(fixed))]


def withdrawals(prefixes):
    return [
        message(UPDATE, struct.pack("!H", len(part)) + part + b"\0\0") for part in _parts(prefixes, MOST - HEADER - 4)
    ]


def end_of_rib():
    return message(UPDATE, b"\0\0\0\0")


def _parts(prefixes, most):
    encoded = [bytes([net.prefixlen]) + net.network_address.packed[: (net.prefixlen + 7) // 8] for net in prefixes]
    at_once = most // PREFIX
    return [b"".join(encoded[first : first + at_once]) for first in range(0, len(encoded), at_once)]


def cut(received):
    """([(kind, body)], the rest): the whole messages at the start of what was received."""
    messages = []
    while len(received) >= HEADER:
        length, kind = struct.unpack_from("!HB", received, 16)
        if length < HEADER:
            raise ValueError(f"a BGP message says that it is {length} bytes long")
        if len(received) < length:
            break
        messages.append((kind, received[HEADER:length]))
        received = received[length:]
    return messages, received
