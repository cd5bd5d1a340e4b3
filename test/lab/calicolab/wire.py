# SPDX-License-Identifier: Apache-2.0
"""How a lab is talked to: one request a connection, lines of JSON both ways.

The socket has an abstract name in the machine's own network namespace, so no file is left behind. Requests may carry
file descriptors: the three streams of a command to run, or a listening socket to forward.
"""

from __future__ import annotations

import json
import socket
import struct

MOST_FDS = 3  # in one message


class Wire:
    """One end of a connection; owns the socket."""

    def __init__(self, connection):
        self._connection = connection
        self._unread = b""

    def connect(self, address):
        self._connection.connect(address)

    def send(self, message, fds=()):
        data = json.dumps(message).encode() + b"\n"
        if fds:
            data = data[socket.send_fds(self._connection, [data], fds) :]
        if data:  # an empty one would fail when the other side has answered and gone already
            self._connection.sendall(data)

    def receive(self, timeout=None):
        """Returns (message, fds); message is None when the other side has gone."""
        self._connection.settimeout(timeout)
        fds = []
        while not self.has_message():
            data, more_fds, _, _ = socket.recv_fds(self._connection, 1 << 16, MOST_FDS)
            fds += more_fds
            self._unread += data
            if not data:
                return None, fds
        line, _, self._unread = self._unread.partition(b"\n")
        return json.loads(line), fds

    def has_message(self):
        """True when receive() would not have to wait."""
        return b"\n" in self._unread

    def peer_uid(self):
        """Whose process is at the other end, in our user namespace's numbers."""
        return struct.unpack("3i", self._connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[1]

    def fileno(self):
        return self._connection.fileno()

    def close(self):
        self._connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
