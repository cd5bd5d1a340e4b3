# SPDX-License-Identifier: Apache-2.0
"""The built program as tests run it: its commands, and an agent with what it logs and serves."""

import http.client
import os
import queue
import re
import subprocess
import tempfile
import threading
import unittest

from harness.tools import ROOT

CALIWATCH = os.path.abspath(os.environ.get("CALIWATCH", ROOT / "build/dev/caliwatch"))
# A sanitizer takes what memory it likes, needs processes, and lets no filter stand between.
SANITIZED = bool(os.environ.get("CALIWATCH_SANITIZED"))
NAMESPACE = ["unshare", "--user", "--map-root-user", "--net"]
# In a namespace without BIRD: nothing but what a test makes is there to be seen.
NO_BIRD = ["--calico.run-dir", "/nonexistent", "--calico.lib-dir", "/nonexistent"]


def built():
    """The program under test, for tests that would skip without it."""
    if not os.path.exists(CALIWATCH):
        raise unittest.SkipTest(f"{CALIWATCH} is not built; set CALIWATCH to a built one")
    return CALIWATCH


def caliwatch(*arguments, prefix=(), **options):
    """Runs a command to its end."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "timeout": 60, "text": True, **options}
    return subprocess.run([*prefix, CALIWATCH, *arguments], **options)


class Agent:
    """An agent on a free port of 127.0.0.1; with `listen` None, where it listens by default. `config` is its
    configuration file's text, `prefix` a command that becomes it; `environment` comes on top of ours; `state` is its
    state file, else one of its own."""

    def __init__(
        self,
        *flags,
        config=None,
        run_dir="/nonexistent",
        listen="127.0.0.1:0",
        prefix=(),
        state=None,
        environment=(),
    ):
        self._folder = tempfile.TemporaryDirectory()
        self.config_file = os.path.join(self._folder.name, "config.yaml")
        arguments = ["--calico.run-dir", run_dir, "--calico.lib-dir", "/nonexistent"]
        arguments += ["--web.listen-address", listen] if listen else []
        arguments += ["--web.health-address", "127.0.0.1:0"]
        arguments += ["--state.file", state or os.path.join(self._folder.name, "state")]
        if config is not None:
            self.write_config(config)
            arguments += ["--config.file", self.config_file]
        self._start([*prefix, CALIWATCH, "agent", *arguments, *flags], {**os.environ, **dict(environment)})

    def _start(self, command, environment):
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
        self._lines = queue.Queue()
        self._not_awaited = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.started = self.await_log("caliwatch is running")
        except BaseException:
            self._process.kill()  # nobody else would
            raise
        self.port = int(re.search(r'\bports"?[=:]"?(\d+)', self.started)[1])
        health = re.search(r'health_ports"?[=:]"?(\d+)', self.started)
        self.health_port = int(health[1]) if health else None

    def _read(self):
        for line in self._process.stderr:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def await_log(self, part, timeout=20):
        """The first line with `part` that was not awaited before."""
        for line in self._not_awaited:
            if part in line:
                self._not_awaited.remove(line)
                return line
        while (line := self._lines.get(timeout=timeout)) is not None:
            if part in line:
                return line
            self._not_awaited.append(line)
        raise AssertionError(f"the agent ended without logging {part!r}: {self._not_awaited}")

    def log_so_far(self):
        """What came before the last line that was awaited, but what was awaited itself."""
        return list(self._not_awaited)

    def rest_of_log(self):
        """What it logged until its end that nobody has awaited."""
        return self._not_awaited + list(iter(self._lines.get, None))

    def write_config(self, text):
        with open(self.config_file, "w") as file:
            file.write(text)

    def ask(self, path, method="GET", headers=None):
        """(status, headers, body)"""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    @property
    def pid(self):
        return self._process.pid

    def signal(self, number):
        self._process.send_signal(number)

    def wait(self, timeout):
        return self._process.wait(timeout)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._reader.join()
        self._process.stderr.close()
        self._folder.cleanup()


def without_cluster():
    """Our environment but for what asks another cluster."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("ETCD", "KUBERNETES"))}


class IpamServer(Agent):
    """`caliwatch ipam --serve` on a free port of 127.0.0.1, with `environment` on top of ours, but for what asks
    another cluster."""

    def __init__(self, *flags, environment=(), listen="127.0.0.1:0", program=CALIWATCH):
        self._folder = tempfile.TemporaryDirectory()
        command = [program, "ipam", "--serve", f"--listen={listen}", *flags]
        self._start(command, {**without_cluster(), **dict(environment)})
