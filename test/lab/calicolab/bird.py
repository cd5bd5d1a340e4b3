# SPDX-License-Identifier: Apache-2.0
"""One BIRD daemon of one node: bird for IPv4 or bird6 for IPv6, both run under Calico."""

from __future__ import annotations

import os
import signal
import subprocess

from calicolab.service import Service
from calicolab.waiting import patience

CONTROL = {"ipv4": "bird.ctl", "ipv6": "bird6.ctl"}
_NAME = {"ipv4": "bird", "ipv6": "bird6"}


class Bird:
    """`tools` says which binaries; `folder` keeps config and log; the control socket is in `run_dir`."""

    def __init__(self, family, node, tools, folder, run_dir, namespace, environment=None):
        self.family = family
        self.control = os.path.join(run_dir, CONTROL[family])
        self.config = os.path.join(folder, f"{_NAME[family]}.cfg")
        self.log = os.path.join(folder, f"{_NAME[family]}.log")
        self._tools = tools
        self.major = tools.major
        argv = [tools.daemon[family], "-s", self.control, "-d", "-c", self.config]
        self.service = Service(f"{_NAME[family]} on {node}", argv, namespace, self.log, environment)

    def running(self):
        return self.service.running()

    def start(self, recover=True):
        """recover: as Calico does, with -R, so that kernel routes wait for the peers' answers."""
        self.service.start(*(["-R"] if recover else []))

    def configure(self, config):
        """Writes a BirdConfig; a running daemon reads it at once, as `sv hup bird` makes it."""
        with open(self.config, "w") as out:
            out.write(config.render())
        if self.running():
            self.service.send_signal(signal.SIGHUP)

    def ask(self, command, timeout=3):
        """What birdc prints, or None while BIRD does not answer."""
        argv = [self._tools.client[self.family], "-s", self.control, *command.split()]
        try:
            done = subprocess.run(
                argv, timeout=patience(timeout),
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return None
        return done.stdout if done.returncode == 0 else None

    def established(self):
        """The names of the BGP protocols with an established session; None while BIRD does not answer."""
        answer = self.ask("show protocols")
        if answer is None:
            return None
        rows = [line.split() for line in answer.splitlines()]
        return [row[0] for row in rows if len(row) > 5 and row[1] == "BGP" and "Established" in row]
