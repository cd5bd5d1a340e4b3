# SPDX-License-Identifier: Apache-2.0
"""A long-running program inside a namespace, with its output in a log file."""

from __future__ import annotations

import signal
import subprocess

from calicolab.errors import LabError


class Service:
    def __init__(self, title, argv, namespace, log, environment=None):
        self.title = title  # for messages: "bird on node1"
        self._argv = argv
        self._namespace = namespace
        self._log = log
        self._environment = environment
        self._process = None

    @property
    def pid(self):
        """Inside the sandbox; None while it does not run."""
        return self._process.pid if self.running() else None

    def running(self):
        return self._process is not None and self._process.poll() is None

    def start(self, *more_arguments):
        if self.running():
            raise LabError(f"{self.title} already runs")
        with open(self._log, "ab") as log, self._namespace.entered():
            self._process = subprocess.Popen(
                [*self._argv, *more_arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=self._environment, start_new_session=True,
            )  # fmt: skip

    def send_signal(self, number):
        if not self.running():
            raise LabError(f"{self.title} does not run")
        self._process.send_signal(number)

    def stop(self, number=signal.SIGTERM, timeout=5):
        """Sends the signal and waits for the end, which SIGKILL enforces."""
        self.send_signal(number)
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
