# SPDX-License-Identifier: Apache-2.0
"""A machine of its own for one agent, whose files and disk a test may spoil; and what may stand in a file's place."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from calicolab.waiting import eventually
from harness.program import CALIWATCH


class Host:
    """Namespaces of mounts and of the network, with a folder of their own: on a tmpfs of `size`, if it is given."""

    def __init__(self, size=None):
        self._temporary = tempfile.TemporaryDirectory()
        self.folder = Path(self._temporary.name)
        mount = f"mount -t tmpfs -o size={size} tmpfs {self.folder}; " if size else ""
        self._holder = subprocess.Popen(
            ["unshare", "--mount", "--net", "--propagation", "private", "sh", "-ec"]
            + [f"ip link set lo up; {mount}echo; exec sleep infinity"],
            stdout=subprocess.PIPE,
        )
        self._holder.stdout.readline()
        # As it is seen from within.
        self.inside = Path(f"/proc/{self._holder.pid}/root{self.folder}")

    def command(self, *words):
        return ["nsenter", "-t", str(self._holder.pid), "--mount", "--net", *map(str, words)]

    def run(self, *words, check=True):
        return subprocess.run(self.command(*words), capture_output=True, check=check, timeout=60)

    @contextlib.contextmanager
    def agent(self, *flags, prefix=()):
        """`prefix`: a command that runs it."""
        with Agent(self, *flags, prefix=prefix) as agent:
            yield agent

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._holder.kill()
        self._holder.wait()
        self._holder.stdout.close()
        self._temporary.cleanup()


class Agent:
    """Of a host. It keeps its state in the host's folder and has its configuration, run-dir and log there."""

    def __init__(self, host, *flags, prefix=()):
        self.host = host
        self.config = host.inside / "config.yaml"
        self.state = host.inside / "state"
        # Not on the host's tmpfs, which may be full.
        self._log = host.folder / f"log-{len(list(host.folder.glob('log-*')))}"
        files = ["--calico.run-dir", host.folder / "run", "--state.file", host.folder / "state"]
        files += ["--config.file", host.folder / "config.yaml"] if self.config.exists() else []
        others = ["--calico.lib-dir", "/nonexistent", "--web.listen-address", "127.0.0.1:0", "--poll.interval=200ms"]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                host.command(*prefix, CALIWATCH, "agent", *files, *others, *flags), stderr=log
            )
        self._port = re.search(r' ports="?(\d+)', self.await_log("caliwatch is running"))[1]

    def log(self):
        return self._log.read_bytes().decode(errors="surrogateescape")

    def await_log(self, part, times=1):
        """The last line with `part`, once there are so many."""

        def lines():
            assert self._process.poll() is None, f"the agent ended: {self.log()}"
            found = [line for line in self.log().splitlines() if part in line]
            return found if len(found) >= times else None

        found = eventually(lines, timeout=60)
        assert found, f"it never logged {part!r}: {self.log()}"
        return found[-1]

    def ask(self, path):
        return self.host.run("curl", "-sS", "--max-time", "20", f"http://127.0.0.1:{self._port}{path}").stdout

    def metric(self, series):
        found = re.search(rb"^" + re.escape(series.encode()) + rb" (\S+)$", self.ask("/metrics"), re.MULTILINE)
        return float(found[1]) if found else None

    def await_polls(self, number=2):
        before = self.metric("caliwatch_polls_total") or 0
        assert eventually(lambda: (self.metric("caliwatch_polls_total") or 0) >= before + number, timeout=60)

    def most_resident(self):
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024

    def reload(self):
        self._process.send_signal(signal.SIGHUP)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()


def make_fifo(path):
    os.mkfifo(path)


def make_folder(path):
    (path / "inner").mkdir(parents=True)


def make_link(path):
    path.symlink_to("/dev/zero")


def make_huge(path):
    with path.open("w") as file:
        file.truncate(1 << 30)


THINGS = {"a FIFO": make_fifo, "a folder": make_folder, "a link to /dev/zero": make_link, "a GiB": make_huge}


def remove(path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
