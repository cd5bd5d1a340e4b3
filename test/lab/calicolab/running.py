# SPDX-License-Identifier: Apache-2.0
"""A command that runs inside the lab, seen from outside."""

from __future__ import annotations

import os
import signal

from calicolab.errors import LabError


class Output:
    """An anonymous file the command writes to; readable at any time, also while it runs."""

    def __init__(self, text=None):
        self.fd = os.memfd_create("lab")
        if text:
            os.write(self.fd, text.encode())
            os.lseek(self.fd, 0, os.SEEK_SET)

    def text(self):
        return os.pread(self.fd, os.fstat(self.fd).st_size, 0).decode(errors="replace")

    def close(self):
        os.close(self.fd)


class Running:
    """Ends with stop() or with close(); `pid` is the one inside the sandbox."""

    def __init__(self, lab, where, argv, fds):
        self._lab = lab
        self.returncode = None
        lab.send({"do": "exec", "where": where, "argv": list(argv), "cwd": os.getcwd()}, fds)
        self.pid = self._next()["pid"]

    def wait(self, timeout=None):
        """The exit code, as subprocess gives it; LabError when it takes longer."""
        if self.returncode is None:
            try:
                self.returncode = self._next(timeout)["exit"]
            except TimeoutError:
                raise LabError(f"a command still ran after {timeout} s") from None
        return self.returncode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send_signal(self, number):
        self._lab.send({"signal": int(number)})

    def stop(self, number=signal.SIGTERM):
        if self.returncode is None:
            self.send_signal(number)
        return self.wait(10)

    def close(self):
        """Kills it if it still runs."""
        self._lab.close()

    def _next(self, timeout=None):
        message, _ = self._lab.receive(timeout)
        if message is None:
            raise LabError("the lab has ended")
        if "error" in message:
            raise LabError(message["error"])
        return message


class Captured(Running):
    """One whose output we keep: `out` and `err` grow while it runs."""

    def __init__(self, lab, where, argv, given=None):
        self._given, self._out, self._err = Output(given), Output(), Output()
        super().__init__(lab, where, argv, [stream.fd for stream in (self._given, self._out, self._err)])

    @property
    def out(self):
        return self._out.text()

    @property
    def err(self):
        return self._err.text()

    def close(self):
        super().close()
        for stream in (self._given, self._out, self._err):
            stream.close()
