# SPDX-License-Identifier: Apache-2.0
"""How a lab is talked to: one request a connection, lines of JSON both ways.

The socket has an abstract name in the machine's own network namespace, so no file is left behind. Requests may carry
file descriptors: the three streams of a command to run, or a listening socket to forward.
"""

from __future__ import annotations

import json
import socket
import struct

MOST_FDS = 3


def send(connection, message, fds=()):
    data = json.dumps(message).encode() + b"\n"
    if fds:
        sent = socket.send_fds(connection, [data], fds)
        data = data[sent:]
    connection.sendall(data)


def receive(connection):
    """Returns (message, fds); message is None when the other side has gone."""
    data, fds, _, _ = socket.recv_fds(connection, 1 << 16, MOST_FDS)
    while data and not data.endswith(b"\n"):
        more = connection.recv(1 << 16)
        if not more:
            return None, fds
        data += more
    return (json.loads(data) if data else None), fds


def peer_of(connection):
    """(pid, uid) of the process at the other end."""
    pid, uid, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return pid, uid
