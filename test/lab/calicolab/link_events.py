# SPDX-License-Identifier: Apache-2.0
"""The kernel's own announcements of links that change, in one namespace."""

from __future__ import annotations

import socket
import struct

_RTMGRP_LINK = 1
_RTM_NEWLINK = 16
_IFLA_IFNAME = 3
_HEADER = struct.Struct("=IHHII")  # nlmsghdr
_INFO = struct.Struct("=BxHiII")  # ifinfomsg
_ATTRIBUTE = struct.Struct("=HH")  # rtattr


class LinkEvents:
    """select() says when there are some."""

    def __init__(self, namespace):
        with namespace.entered():
            self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        self._socket.bind((0, _RTMGRP_LINK))

    def read(self):
        """[(name, flags)] of what came; flags are IFF_…"""
        try:
            data = self._socket.recv(1 << 16)
        except OSError:  # the kernel had more than it could keep: what was lost the next look at files finds
            return []
        return list(_changes(data))

    def fileno(self):
        return self._socket.fileno()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()


def _changes(data):
    while len(data) >= _HEADER.size:
        length, kind, *_ = _HEADER.unpack_from(data)
        if kind == _RTM_NEWLINK:
            _, _, _, flags, _ = _INFO.unpack_from(data, _HEADER.size)
            if name := _name(data[_HEADER.size + _INFO.size : length]):
                yield name, flags
        data = data[(length + 3) & ~3 :]


def _name(attributes):
    while len(attributes) >= _ATTRIBUTE.size:
        length, kind = _ATTRIBUTE.unpack_from(attributes)
        if kind == _IFLA_IFNAME:
            return attributes[_ATTRIBUTE.size : length].rstrip(b"\0").decode()
        attributes = attributes[(length + 3) & ~3 :]
    return None
