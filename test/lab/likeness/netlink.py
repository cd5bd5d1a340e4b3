# SPDX-License-Identifier: Apache-2.0
"""Kernel messages as a recording keeps them, to dicts. Written after the kernel's uapi headers and nothing of ours."""

from __future__ import annotations

import ipaddress
import struct

_HEADER = struct.Struct("=IHHII")  # nlmsghdr: length, type, flags, sequence, port
_ATTRIBUTE = struct.Struct("=HH")  # rtattr: length, type
_TYPE_BITS = 0x3FFF  # the rest says: nested, in network byte order
_NEWLINK, _NEWADDR, _NEWROUTE, _NEWNEIGH, _NEWNETCONF = 16, 20, 24, 28, 80
_SOCKETS = (18, 20)  # TCPDIAG_GETSOCK, SOCK_DIAG_BY_FAMILY: in a dump of its own protocol
_SOCKET = struct.Struct("!BBBBHH")  # inet_diag_msg's beginning: family, state, timer, retransmits, ports
_TCP_ESTABLISHED = 1
_INET, _INET6, _BRIDGE = 2, 10, 7
FAMILIES = {_INET: "ipv4", _INET6: "ipv6", _BRIDGE: "bridge"}

_LINK_FLAGS = {
    0x1: "UP", 0x2: "BROADCAST", 0x8: "LOOPBACK", 0x10: "POINTOPOINT", 0x40: "RUNNING", 0x80: "NOARP", 0x100: "PROMISC",
    0x200: "ALLMULTI", 0x1000: "MULTICAST", 0x10000: "LOWER_UP",
}  # fmt: skip
_OPERATIONAL = ("UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP")
_ADDRESS_FLAGS = {
    0x1: "secondary", 0x2: "nodad", 0x8: "dadfailed", 0x20: "deprecated", 0x40: "tentative", 0x80: "permanent",
    0x100: "managetemp", 0x200: "noprefixroute",
}  # fmt: skip
_SCOPES = {0: "global", 200: "site", 253: "link", 254: "host", 255: "nowhere"}
_ROUTE_TYPES = (
    "unspec", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole", "unreachable", "prohibit", "throw",
)  # fmt: skip
_ROUTE_FLAGS = {0x1: "dead", 0x4: "onlink", 0x10: "linkdown"}
_NEIGHBOR_STATES = {
    0x01: "INCOMPLETE", 0x02: "REACHABLE", 0x04: "STALE", 0x08: "DELAY", 0x10: "PROBE", 0x20: "FAILED", 0x40: "NOARP",
    0x80: "PERMANENT",
}  # fmt: skip
_NEIGHBOR_FLAGS = {0x01: "use", 0x02: "self", 0x04: "master", 0x08: "proxy", 0x80: "router"}
_NETCONF = {2: "forwarding", 3: "rp_filter", 4: "mc_forwarding", 5: "proxy_neigh", 6: "ignore_linkdown"}
_NETCONF_ALL = {-1: "all", -2: "default"}


def links(data):
    return [_link(body) for body in _bodies(data, _NEWLINK)]


def addresses(data):
    return [_address(body) for body in _bodies(data, _NEWADDR)]


def routes(data):
    return [_route(body) for body in _bodies(data, _NEWROUTE)]


def neighbors(data):
    """Also of the forwarding database, whose family is bridge."""
    return [_neighbor(body) for body in _bodies(data, _NEWNEIGH)]


def netconf(data):
    return [_netconf(body) for body in _bodies(data, _NEWNETCONF)]


def sockets(data):
    """Of TCP, as inet_diag describes them: state, and the ports of both ends."""
    return [_socket(body) for kind in _SOCKETS for body in _bodies(data, kind)]


def _bodies(data, wanted):
    while len(data) >= _HEADER.size:
        length, kind, *_ = _HEADER.unpack_from(data)
        if length < _HEADER.size or length > len(data):
            raise ValueError(f"a message of {length} bytes where {len(data)} are left")
        if kind == wanted:
            yield data[_HEADER.size : length]
        data = data[(length + 3) & ~3 :]


def _attributes(data):
    """{type: bytes}"""
    found = {}
    while len(data) >= _ATTRIBUTE.size:
        length, kind = _ATTRIBUTE.unpack_from(data)
        if length < _ATTRIBUTE.size or length > len(data):
            raise ValueError(f"an attribute of {length} bytes where {len(data)} are left")
        found[kind & _TYPE_BITS] = data[_ATTRIBUTE.size : length]
        data = data[(length + 3) & ~3 :]
    return found


def _link(body):
    _, device_type, index, flags, _ = struct.unpack_from("=BxHiII", body)
    found = _attributes(body[16:])
    info = _attributes(found.get(18, b""))
    kind = _text(info.get(1))
    return {
        "index": index,
        "type": device_type,
        "name": _text(found.get(3)),
        "kind": kind,
        "flags": _names(_LINK_FLAGS, flags),
        "mac": _mac(found.get(1)),
        "mtu": _number(found.get(4)),
        "operstate": _OPERATIONAL[_number(found.get(16), 0)],
        "carrier": _number(found.get(33)),
        "link": _number(found.get(5)),
        "other_namespace": 37 in found,
        "master": _number(found.get(10)),
        "vxlan": _vxlan(_attributes(info.get(2, b""))) if kind == "vxlan" else None,
    }


def _vxlan(data):
    return {
        "id": _number(data.get(1)),
        "local": _ip(data.get(4) or data.get(17)),
        "link": _number(data.get(3)),
        "port": struct.unpack(">H", data[15])[0],
        "learning": _number(data.get(7)),
        "ageing": _number(data.get(8)),
        "ttl": _number(data.get(5)),
        "proxy": _number(data.get(11)),
        "rsc": _number(data.get(12)),
        "l2miss": _number(data.get(13)),
        "l3miss": _number(data.get(14)),
        "udp_csum": _number(data.get(18)),
        "flow_based": _number(data.get(25)),
    }


def _address(body):
    family, length, flags, scope, index = struct.unpack_from("=BBBBi", body)
    found = _attributes(body[8:])
    return {
        "family": FAMILIES[family],
        "index": index,
        "address": _ip(found.get(2) or found.get(1)),
        "length": length,
        "scope": _SCOPES.get(scope, scope),
        "flags": _names(_ADDRESS_FLAGS, _number(found.get(8), flags)),
        "broadcast": _ip(found.get(4)),
    }


def _route(body):
    family, length, _, _, table, protocol, scope, kind, flags = struct.unpack_from("=BBBBBBBBI", body)
    found = _attributes(body[12:])
    nothing = "0.0.0.0" if family == _INET else "::"
    return {
        "family": FAMILIES[family],
        "destination": _ip(found.get(1)) or nothing,
        "length": length,
        "table": _number(found.get(15), table),
        "type": _ROUTE_TYPES[kind],
        "protocol": protocol,
        "scope": _SCOPES.get(scope, scope),
        "metric": _number(found.get(6), 0),
        "flags": _names(_ROUTE_FLAGS, flags),
        "gateway": _ip(found.get(5)),
        "index": _number(found.get(4)),
        "source": _ip(found.get(7)),
        "mtu": _number(_attributes(found.get(8, b"")).get(2)),
        "several": 9 in found,
    }


def _neighbor(body):
    family, index, state, flags, kind = struct.unpack_from("=BxxxiHBB", body)
    found = _attributes(body[12:])
    return {
        "family": FAMILIES[family],
        "index": index,
        "state": _names(_NEIGHBOR_STATES, state),
        "flags": _names(_NEIGHBOR_FLAGS, flags),
        "address": _ip(found.get(1)),
        "mac": _mac(found.get(2)),
        "by_interface": 8 in found,
        "master": _number(found.get(9)),
    }


def _netconf(body):
    family = body[0]
    found = {kind: struct.unpack("=i", value)[0] for kind, value in _attributes(body[4:]).items() if len(value) == 4}
    index = found[1]
    settings = {name: found.get(kind) for kind, name in _NETCONF.items()}
    return {"family": FAMILIES[family], "index": _NETCONF_ALL.get(index, index), **settings}


def _socket(body):
    family, state, _, _, local, remote = _SOCKET.unpack_from(body)
    return {"family": FAMILIES[family], "established": state == _TCP_ESTABLISHED, "ports": {local, remote}}


def _names(table, bits):
    return [name for bit, name in table.items() if bits & bit]


def _text(data):
    return None if data is None else data.rstrip(b"\0").decode()


def _number(data, missing=None):
    return missing if data is None else int.from_bytes(data, "little")


def _mac(data):
    return None if data is None or len(data) != 6 else ":".join(f"{byte:02x}" for byte in data)


def _ip(data):
    return str(ipaddress.ip_address(data)) if data is not None and len(data) in (4, 16) else None
