# SPDX-License-Identifier: Apache-2.0
"""Carries TCP connections from the machine into the sandbox.

The listening socket was made outside and handed in, so it belongs to the machine's network; we accept here and connect
from within the target's namespace. Nothing outside has to pump, and all ends with the sandbox.
"""

from __future__ import annotations

import socket
import threading

_CONNECT_TIMEOUT = 3


class Forward:
    def __init__(self, listener, namespace, port):
        """Takes over the listener; port: on 127.0.0.1 in the namespace."""
        self.address = "{}:{}".format(*listener.getsockname())
        self._listener = listener
        self._namespace = namespace
        self._port = port
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            outer, _ = self._listener.accept()
            threading.Thread(target=self._carry, args=[outer], daemon=True).start()

    def _carry(self, outer):
        with outer:
            try:
                with self._namespace.entered():
                    inner = socket.create_connection(("127.0.0.1", self._port), _CONNECT_TIMEOUT)
            except OSError:  # nobody listens there now: the client sees its connection closed
                return
            inner.settimeout(None)
            with inner:
                back = threading.Thread(target=_pump, args=[inner, outer], daemon=True)
                back.start()
                _pump(outer, inner)
                back.join()


def _pump(source, target):
    """Until the source ends; tells the target so."""
    try:
        while data := source.recv(1 << 16):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:  # one of them was reset: end the other as well
        for side in (source, target):
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
