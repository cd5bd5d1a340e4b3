# SPDX-License-Identifier: Apache-2.0
"""Starts the sandbox from outside: new user, network, mount and pid namespaces, for root and everybody else."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys

from calicolab.errors import LabError, LabUnavailable

_UNSHARE = [
    "unshare", "--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
]  # fmt: skip
_INSIDE = ("-B", "-P", "-m", "calicolab.inside")  # -P: whatever the folder is that we are called in
_END_WITHIN = 5  # seconds

_ADVICE = (  # setting, the value that forbids it, what to do
    ("kernel/unprivileged_userns_clone", "0", "sysctl -w kernel.unprivileged_userns_clone=1"),
    ("user/max_user_namespaces", "0", "sysctl -w user.max_user_namespaces=10000"),
    ("kernel/apparmor_restrict_unprivileged_userns", "1", "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"),
)


def check_available():
    """Raises LabUnavailable, with the reason and the remedy, where the kernel refuses user namespaces."""
    try:
        done = subprocess.run([*_UNSHARE, "true"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    except FileNotFoundError:
        raise LabUnavailable("there is no `unshare`: install util-linux") from None
    if done.returncode != 0:
        raise LabUnavailable(f"this kernel refuses user namespaces ({done.stderr.strip()}); {_advice()}")


def _advice():
    wrong = [remedy for setting, forbids, remedy in _ADVICE if _setting(setting) == forbids]
    if wrong:
        return "as root: " + " && ".join(wrong)
    return "in a container, run it with --privileged or with a seccomp profile that allows unshare and mount"


def _setting(name):
    try:
        with open(f"/proc/sys/{name}") as setting:
            return setting.read().strip()
    except OSError:
        return None


class Sandbox:
    """A running lab, seen by the process that owns it. It ends with close(), or with this process."""

    def __init__(self, address, options, say):
        """address: the abstract socket to listen on; say: gets each line of progress."""
        check_available()
        self._lifeline, inner_end = socket.socketpair()
        with inner_end, _bound(address) as listener:
            fds = (inner_end.fileno(), listener.fileno())
            argv = [sys.executable, *_INSIDE, *map(str, fds), options.to_json()]
            self._process = subprocess.Popen(
                [*_UNSHARE, *argv],
                pass_fds=fds,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env=_with_our_package(),
            )
        try:
            self._follow(say)
        except BaseException:
            self.close()
            raise

    def _follow(self, say):
        for line in self._lifeline.makefile():
            message = json.loads(line)
            if "error" in message:
                raise LabError(message["error"])
            if "ready" in message:
                return
            say(message["say"])
        raise LabError("the sandbox ended before it was ready; its last words are above")

    def wait(self):
        """Until the sandbox ends by itself or is told to."""
        self._process.wait()

    def close(self):
        self._lifeline.close()
        try:
            self._process.wait(_END_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()  # takes pid 1 of the sandbox with it, and that all others
            self._process.wait()


def _with_our_package():
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    others = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([folder, others] if others else [folder])}


def _bound(address):
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(address)
    except OSError:
        listener.close()
        raise LabError(f"a lab named {address.rpartition('/')[2]} runs already; give this one another --name") from None
    return listener
