#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Nothing of a lab stays behind, however it ends."""

import contextlib
import glob
import os
import subprocess
import sys
import tempfile
import unittest

from calicolab import Lab, LabError
from calicolab.client import Client
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.tools import LAB


def traces(name):
    """What a lab of this name could leave on this machine."""
    with open("/proc/self/mounts") as mounts, open("/proc/net/unix") as sockets, open("/proc/net/dev") as devices:
        return {
            "mounts": mounts.read(),
            "sockets": [line.split()[-1] for line in sockets if f"caliwatch-lab-{os.geteuid()}/{name}" in line],
            "devices": [line.split(":")[0] for line in devices if ":" in line],
            "namespaces": os.path.isdir("/run/netns") and os.listdir("/run/netns"),
        }


NAMESPACES = ("pid", "net", "mnt", "user")


def namespaces_of(lab):
    """Their identities, as /proc shows them: the sandbox's, and the network ones of a node and a pod."""
    read = ["sh", "-c", "for kind in " + " ".join(NAMESPACES) + "; do readlink /proc/self/ns/$kind; done"]
    places = ("gateway", "node1", "default/node1-pod1", "monitor")
    return {line for place in places for line in lab.node(place).run(read).stdout.split()}


@contextlib.contextmanager
def numbers_kept(namespaces):
    """Meanwhile the kernel gives their numbers to no others, as it soon does to those that labs beside us make."""
    with contextlib.ExitStack() as kept:
        for path in glob.glob("/proc/[0-9]*/ns/*"):
            try:
                if os.readlink(path) in namespaces:
                    kept.callback(os.close, os.open(path, os.O_RDONLY))
                    namespaces = namespaces - {os.readlink(path)}
            except OSError:  # gone, or not ours to see
                pass
        yield


def processes_in(namespaces):
    """The pids on this machine that still live in one of them."""
    found = set()
    for path in glob.glob("/proc/[0-9]*/ns/*"):
        try:
            if os.readlink(path) in namespaces:
                found.add(path.split("/")[2])
        except OSError:  # gone, or not ours to see
            pass
    return found


class WhatIsLeftBehind(unittest.TestCase):
    def test_nothing_after_a_normal_end(self):
        before = traces("ends")
        with contextlib.ExitStack() as kept:
            with Lab(wait=False, name="ends", nodes=2, pods=1) as lab:
                namespaces = namespaces_of(lab)
                kept.enter_context(numbers_kept(namespaces))
                self.assertGreater(len(processes_in(namespaces)), 4)
                self.assertNotEqual(traces("ends")["sockets"], before["sockets"])
            self.assertEqual(processes_in(namespaces), set())
        self.assertEqual(traces("ends"), before)

    def test_nothing_after_the_owner_was_killed(self):
        before = traces("orphan")
        folder = tempfile.mkdtemp()
        owner = subprocess.Popen(
            [sys.executable, LAB, "--name", "orphan", "up", "--nodes", "2", "--pods", "1"],
            env={**os.environ, "TMPDIR": folder}, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        namespaces = eventually(self.namespaces_of_the_orphan)
        with numbers_kept(namespaces):
            self.assertGreater(len(processes_in(namespaces)), 4)
            owner.kill()
            owner.wait()
            ended = eventually(lambda: not processes_in(namespaces), timeout=30)
            self.assertTrue(ended, "processes outlived their lab")
        self.assertEqual(traces("orphan"), before)
        os.rmdir(folder)  # it is empty

    def namespaces_of_the_orphan(self):
        try:
            return namespaces_of(Client("orphan"))
        except LabError:  # not up yet
            return None

    def test_a_command_ends_with_the_client_that_ran_it(self):
        with Lab(nodes=1, pods=0) as lab:
            running = lab.node("node1").start(["sleep", "1000"])
            self.assertIn("sleep", lab.node("gateway").run(["cat", f"/proc/{running.pid}/cmdline"]).stdout)
            running.close()
            gone = ["test", "!", "-e", f"/proc/{running.pid}"]
            self.assertTrue(eventually(lambda: lab.node("gateway").run(gone, check=False).returncode == 0, timeout=5))


if __name__ == "__main__":
    run_tests()
