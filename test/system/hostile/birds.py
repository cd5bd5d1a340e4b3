# SPDX-License-Identifier: Apache-2.0
"""BIRDs for a run-dir: real ones, and what a real one can't be made to do on cue."""

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time

from calicolab.tools import find_bird
from harness.program import NAMESPACE

GREETING, RESTRICTED = b"0001 BIRD 2.0.12 ready.\n", b"0016 Access restricted\n"


class RealBird:
    """One that runs in a network namespace of its own, with a route to tell of."""

    def __init__(self, folder, version="2.0.12"):
        self.socket, self._config = os.path.join(folder, "bird.ctl"), os.path.join(folder, "bird.conf")
        self._tools = find_bird(version)
        channel = "ipv4; " if self._tools.major > 1 else ""
        with open(self._config, "w") as config:
            config.write("router id 10.39.1.231;\nprotocol device { scan time 2; }\n")
            config.write(f"protocol static {{ {channel}route 192.168.2.128/26 blackhole; }}\n")
        self._process = None

    def start(self):
        argv = [self._tools.daemon["ipv4"], "-d", "-c", self._config, "-s", self.socket]
        keeper = ["setpriv", "--pdeathsig", "KILL"]
        self._process = subprocess.Popen([*NAMESPACE, *keeper, *argv], stderr=subprocess.DEVNULL)
        while not self._answers():
            time.sleep(0.01)

    def _answers(self):
        with socket.socket(socket.AF_UNIX) as client, contextlib.suppress(OSError):
            client.connect(self.socket)
            return client.recv(100).startswith(b"0001 ")
        return False

    def signal(self, number):
        self._process.send_signal(number)

    def stop(self):
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.socket)


class Impostor:
    """Sits in BIRD's place; `script(talk)` is run for each connection, on a thread of its own, and hangs up when it
    returns."""

    def __init__(self, folder, script):
        self.path, self._script = os.path.join(folder, "bird.ctl"), script
        self._listener, self._clients, self._over = None, [], threading.Event()

    def start(self):
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.path)
        self._listener.listen(8)
        threading.Thread(target=self._serve, args=(self._listener,), daemon=True).start()

    def _serve(self, listener):
        with contextlib.suppress(OSError):
            while True:
                client = listener.accept()[0]
                self._clients.append(client)
                threading.Thread(target=self._attend, args=(client,), daemon=True).start()

    def _attend(self, client):
        with client, contextlib.suppress(OSError, EOFError):
            self._script(Talk(client, self._over))

    def stop(self):
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for client in self._clients:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)


class Talk:
    """One connection, as the impostor's end sees it. Each of these ends the script once the other end hung up."""

    def __init__(self, client, over):
        self._client, self._over, self._lines = client, over, client.makefile("rb")

    def say(self, text):
        self._client.sendall(text)

    def hear(self):
        line = self._lines.readline()
        if not line:
            raise EOFError
        return line

    def welcome(self):
        """As a real BIRD: the greeting, and its answer to `restrict`. Then the question."""
        self.say(GREETING)
        self.hear()
        self.say(RESTRICTED)
        return self.hear()

    def drip(self, text):
        """A byte a second, again and again."""
        while True:
            for byte in text:
                self.say(bytes([byte]))
                if self._over.wait(1):
                    raise EOFError

    def wait(self):
        """Without a word until the other end hangs up."""
        while True:
            self.hear()


@contextlib.contextmanager
def _running(bird):
    bird.start()
    try:
        yield bird
    finally:
        bird.stop()


def real_bird(folder, version="2.0.12"):
    return _running(RealBird(folder, version))


def impostor(folder, script):
    return _running(Impostor(folder, script))


@contextlib.contextmanager
def frozen(folder):
    """A real one, stopped."""
    with real_bird(folder) as bird:
        bird.signal(signal.SIGSTOP)
        try:
            yield bird
        finally:
            bird.signal(signal.SIGCONT)
