# SPDX-License-Identifier: Apache-2.0
"""A lab owned by this process: `with Lab(nodes=2) as lab: lab.node("node1").run(["birdc", "show", "protocols"])`."""

from __future__ import annotations

import itertools
import os

from calicolab.client import Client, socket_address
from calicolab.options import Options
from calicolab.sandbox import Sandbox

_numbers = itertools.count(1)


class Lab(Client):
    """Takes the fields of Options. `say` gets a line of progress at a time."""

    def __init__(self, name=None, say=lambda line: None, **options):
        super().__init__(name or f"{os.getpid()}-{next(_numbers)}")
        self.options = Options(**options)
        self._say = say
        self._sandbox = None

    def start(self, wait=True):
        """Returns when all routes are there, unless wait is False."""
        self._sandbox = Sandbox(socket_address(self.name), self.options, self._say)
        if wait:
            self.wait_for_bgp()

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
