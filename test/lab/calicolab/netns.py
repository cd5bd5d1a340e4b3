# SPDX-License-Identifier: Apache-2.0
"""Network namespaces: made, entered and removed. Entering is per thread, so threads work in several at once."""

from __future__ import annotations

import contextlib
import ctypes
import ipaddress
import os
import subprocess

from calicolab.errors import CommandFailed, LabError
from calicolab.waiting import eventually

_CLONE_NEWNET = 0x40000000
_MS_BIND = 0x1000
_MNT_DETACH = 2
_libc = ctypes.CDLL(None, use_errno=True)


def _call(name, *arguments):
    function = getattr(_libc, name)
    if function(*arguments) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")


def mount(source, target, kind=None, flags=0):
    encoded = [None if text is None else text.encode() for text in (source, target, kind)]
    _call("mount", *encoded, ctypes.c_ulong(flags), None)


@contextlib.contextmanager
def _returning_home():
    with open("/proc/thread-self/ns/net") as home:
        try:
            yield
        finally:
            _call("setns", home.fileno(), _CLONE_NEWNET)


class Namespace:
    """A network namespace held by the file at `path`."""

    def __init__(self, path):
        self.path = path

    @classmethod
    def create(cls, path):
        open(path, "x").close()
        with _returning_home():
            _call("unshare", _CLONE_NEWNET)
            mount("/proc/thread-self/ns/net", path, flags=_MS_BIND)
        namespace = cls(path)
        namespace.ip("link set lo up")
        namespace.sysctl("net/ipv4/ping_group_range", "0 0")  # lets calicolab.ping work
        return namespace

    def delete(self):
        _call("umount2", self.path.encode(), _MNT_DETACH)
        os.unlink(self.path)

    @contextlib.contextmanager
    def entered(self):
        """The calling thread, and what it starts, is inside until the block ends."""
        with _returning_home():
            with open(self.path) as target:
                _call("setns", target.fileno(), _CLONE_NEWNET)
            yield

    def run(self, *argv, given=None):
        """Returns what the command printed; raises CommandFailed with what it complained about."""
        try:
            with self.entered():
                done = subprocess.run(argv, input=given, capture_output=True, text=True)
        except FileNotFoundError:
            raise LabError(f"there is no program {argv[0]} on this machine: run `make deps`") from None
        if done.returncode != 0:
            raise CommandFailed(f"`{' '.join(argv)}` failed in {self.path}: {done.stderr.strip()}\n{given or ''}")
        return done.stdout

    def ip(self, *lines):
        """Runs all lines (commands of ip without the word ip) in one process; stops at the first that fails."""
        return self.run("ip", "-batch", "-", given="\n".join(lines) + "\n")

    def wait_until_heard(self, device, address, timeout=2):
        """A fresh veth drops packets until the kernel has noticed its carrier, and an IPv6 address is deaf to neighbor
        solicitations until its multicast group is joined. Both happen a moment after `ip` has returned."""
        group = f"ff0200000000000000000001ff{ipaddress.ip_address(address).packed[-3:].hex()}"
        eventually(lambda: [device, group] in self._multicast_groups(), timeout, every=0.001)

    def _multicast_groups(self):
        with self.entered(), open("/proc/thread-self/net/igmp6") as table:
            return [line.split()[1:3] for line in table]

    def has_sysctl(self, name):
        with self.entered():
            return os.path.exists(f"/proc/sys/{name}")

    def sysctl(self, name, value):
        try:
            with self.entered(), open(f"/proc/sys/{name}", "w") as setting:
                setting.write(str(value))
        except FileNotFoundError:
            raise LabError(f"there is no {name} in {self.path}") from None
