# SPDX-License-Identifier: Apache-2.0
"""A lab owned by this process: `with Lab(nodes=2) as lab: lab.node("node1").run(["birdc", "show", "protocols"])`."""

from __future__ import annotations

import itertools
import os
import socket

from calicolab import ipip
from calicolab.client import Client, socket_address
from calicolab.options import Options
from calicolab.sandbox import Sandbox

_FIRST_PORT = 10180
_numbers = itertools.count(1)


class Lab(Client):
    """Takes the fields of Options. `say` gets a line of progress at a time. wait: until all routes are there."""

    def __init__(self, name=None, say=lambda line: None, wait=True, **options):
        super().__init__(name or f"{os.getpid()}-{next(_numbers)}")
        self.options = Options(**options)
        self._say = say
        self._wait = wait
        self._sandbox = None

    def start(self):
        if self.options.encap == "ipip":
            ipip.check_available()
        self._sandbox = Sandbox(socket_address(self.name), self.options, self._say)
        try:
            for number in range(1, self.options.nodes + 1) if self.options.agent else ():
                self._forward(number)
            if self._wait:
                self.wait_for_bgp()
        except BaseException:
            self.close()
            raise

    def _forward(self, number):
        with _listen(_FIRST_PORT + number) as listener:
            self.call("forward_agent", [listener.fileno()], node=f"node{number}")

    def wait(self):
        """Until somebody ends the lab."""
        self._sandbox.wait()

    def close(self):
        """Nothing of the lab is left when this returns."""
        if self._sandbox:
            self._sandbox.close()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.close()


def _listen(port):
    """On 127.0.0.1 and this port, or on another one where it is taken."""
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError:
        return socket.create_server(("127.0.0.1", 0))
