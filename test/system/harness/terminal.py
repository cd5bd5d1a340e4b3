# SPDX-License-Identifier: Apache-2.0
"""A terminal as a person has it: a window of some size, keys, and what was shown."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import threading

from calicolab.waiting import eventually

# What moves the cursor, colours or erases; it takes no place on the screen.
ESCAPE = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|[=>])")
COLUMNS = 160


class Terminal:
    """A program gets `fd` as its streams; close_theirs() then, or `ended` is never set."""

    def __init__(self, rows=60):
        self._ours, self.fd = pty.openpty()
        self._shown = b""
        self._closed = False
        self.ended = threading.Event()  # nobody has it open any more
        self.resize(rows)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        try:
            while not self._closed:
                if select.select([self._ours], [], [], 0.1)[0]:
                    self._shown += os.read(self._ours, 4096)
        except OSError:  # how a terminal says so
            pass
        self.ended.set()

    def resize(self, rows):
        """The kernel tells the program in the foreground."""
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, COLUMNS, 0, 0))

    def settings(self):
        """As termios.tcgetattr() has them."""
        return termios.tcgetattr(self._ours)

    def press(self, keys):
        os.write(self._ours, keys.encode())

    def shown(self):
        """All that was ever written to it, with escapes."""
        return self._shown.decode(errors="replace")

    def close_theirs(self):
        if self.fd is not None:
            os.close(self.fd)
            self.fd = None

    def close(self):
        """As who closes the window: what still runs in it is hung up on."""
        self.close_theirs()
        self._closed = True
        self._reader.join()
        os.close(self._ours)


def watched(command, until, key, **options):
    """All that a command showed on a terminal of its own, which got this key once one of these texts was there."""
    terminal = Terminal()
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), terminal.fd)
    with subprocess.Popen(["setsid", "--ctty", "--wait", *command], **streams, **options) as program:
        terminal.close_theirs()
        try:
            assert eventually(lambda: any(text in terminal.shown() for text in until)), terminal.shown()
            terminal.press(key)
            assert terminal.ended.wait(10), terminal.shown()
        finally:
            program.kill()
            terminal.close()
    return terminal.shown()
