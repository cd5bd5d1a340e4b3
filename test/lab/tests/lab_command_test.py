#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The `lab` command, as a person uses it; as root and as an ordinary user."""

import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import unittest

from calicolab import Lab, LabError
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.tools import LAB, LAB_FOLDER


class ByHand(unittest.TestCase):
    def lab(self, *arguments):
        return subprocess.run([sys.executable, LAB, *arguments], capture_output=True, text=True, timeout=60)

    def test_a_second_terminal_commands_the_lab_of_the_first(self):
        with Lab(name="by-hand", nodes=2, pods=1) as running:
            lab = lambda *arguments: self.lab("--name", "by-hand", *arguments)
            self.assertIn("1 of 1 established", lab("status").stdout)
            self.assertIn("BIRD 1.6.8 ready.", lab("exec", "node1", "--", "birdc", "show", "status").stdout)
            self.assertEqual(lab("exec", "node1", "--", "sh", "-c", "exit 7").returncode, 7)
            self.assertIn("cali20a2ad68006", lab("fault", "duplicate-ip").stdout)
            self.assertIn("broken: duplicate-ip", lab("status").stdout)
            self.assertIn("healed: duplicate-ip", lab("heal").stdout)
            self.assertIn("192.168.12.2", lab("pod", "add", "node2").stdout)
            self.assertEqual(lab("bird", "kill", "node2").returncode, 0)
            self.assertIn("dead", lab("status").stdout)
            self.assertIn("there is no node", lab("exec", "node5", "--", "true").stderr)
            self.assertEqual(lab("down").returncode, 0)
            self.assertTrue(eventually(lambda: "no lab named by-hand runs" in lab("status").stderr))
            with self.assertRaises(LabError):
                running.status()

    def test_ctrl_c_ends_a_lab(self):
        owner = subprocess.Popen(
            [sys.executable, LAB, "--name", "ctrl-c", "up", "--nodes", "1"], stdout=subprocess.PIPE, text=True
        )
        self.addCleanup(owner.stdout.close)
        self.assertTrue(any("ready" in line for line in owner.stdout))
        owner.send_signal(signal.SIGINT)
        self.assertEqual(owner.wait(5), 130)
        self.assertIn("no lab named ctrl-c runs", self.lab("--name", "ctrl-c", "status").stderr)

    def test_without_user_namespaces_it_exits_77_and_says_what_to_do(self):
        forbid = 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"'  # holds in this one namespace
        sealed = ["unshare", "--user", "--map-root-user", "sh", "-c", forbid, "-"]
        up = subprocess.run([*sealed, sys.executable, LAB, "up"], stderr=subprocess.PIPE, text=True)
        self.assertEqual(up.returncode, 77)
        self.assertIn(
            "this kernel refuses user namespaces (unshare: unshare failed: No space left on device)", up.stderr
        )
        self.assertIn("as root: sysctl -w user.max_user_namespaces=10000", up.stderr)

    def test_without_the_bird_binaries_it_names_the_command_that_brings_them(self):
        environment = {**os.environ, "CALIWATCH_TOOLS": "/nonexistent", "PATH": "/usr/bin:/bin"}
        up = subprocess.run(
            [sys.executable, LAB, "up", "--bird", "9.9.9"], env=environment, stderr=subprocess.PIPE, text=True
        )
        self.assertEqual(up.returncode, 1)
        self.assertIn("run `make deps`", up.stderr)

    def test_an_impossible_lab_is_refused_before_anything_starts(self):
        for options, complaint in (
            ({"octets": (1, 11)}, "must be 3 to 254"),
            ({"octets": (11, 11)}, "its own address"),
            ({"pods": 255}, "0 to 254 pods"),
            ({"encap": "gre"}, "none, vxlan or ipip"),
            ({"families": ("ipv5",)}, "address families"),
        ):
            with self.assertRaisesRegex(LabError, complaint):
                Lab(**options)

    def test_a_scenario_is_listed_run_and_timed_by_witnesses_alone(self):
        self.assertRegex(
            self.lab("scenario", "--list").stdout, r"(?m)^reboot +the kernel's table was emptied meanwhile$"
        )
        told = self.lab("scenario", "reboot", "--bird", "2.0.12").stdout
        self.assertIn("BIRD 2.0.12 on each node", told)
        row = re.search(
            r"(?m)^\| the kernel's table was emptied meanwhile \| ipv4 \| (\S+) \| – \| (\S+) \| – \|$", told
        )
        self.assertTrue(row, told)
        self.assertTrue(0.5 < float(row[1]) < 10, told)
        self.assertGreater(float(row[2]), float(row[1]), "the routes were missing before BIRD's start, too")
        self.assertIn("Mesh_10_39_1_14 up after", told)
        self.assertIn(
            "there is no scenario 'nonsense'; there are: restart-all-alive,", self.lab("scenario", "nonsense").stderr
        )


class AsAnOrdinaryUser(unittest.TestCase):
    @unittest.skipUnless(os.geteuid() == 0, "we are one: every other test shows it")
    def test_the_lab_comes_up_for_nobody(self):
        program = textwrap.dedent("""
            from calicolab import Lab
            with Lab(nodes=2, pods=1) as lab:
                print(lab.pod("default/node1-pod1").ping("192.168.12.1"))
                lab.fault("cut", "node1", "node2")
                print(lab.pod("default/node1-pod1").ping("192.168.12.1", timeout=0.3))
        """)
        nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        python = shutil.which("python3", path="/usr/bin:/bin")
        if subprocess.run([*nobody, python, "-c", f"open({LAB!r})"], stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("an ordinary user cannot read this folder")
        done = subprocess.run(
            [*nobody, python, "-c", program], env={"PATH": "/usr/bin:/bin", "PYTHONPATH": LAB_FOLDER},
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        self.assertEqual((done.stdout, done.stderr), ("True\nFalse\n", ""))


if __name__ == "__main__":
    run_tests()
