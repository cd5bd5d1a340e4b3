#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`caliwatch check` and `caliwatch record` on a real kernel: a network namespace of the test's own."""

import json
import os
import pty
import shutil
import socket
import subprocess
import tempfile
import unittest

from harness.main import run_tests
from harness.program import CALIWATCH, NAMESPACE, NO_BIRD, caliwatch
from harness.tools import ROOT

# Two interfaces of pods, and an address that both claim.
DUPLICATE_IP = """
set -e
ip link add cali12ab34cd56e type veth peer name eth1
ip link add calif0f0f0f0f0f type veth peer name eth2
for name in cali12ab34cd56e calif0f0f0f0f0f; do
  ip link set $name up
  ip neigh add 192.168.7.1 lladdr ee:ee:ee:ee:ee:01 dev $name nud permanent
done
"""

# The folders of a recording's looks, within it.
LOOKS = ("", "look-2")


def in_namespace(*arguments, setup="", environment=None, **options):
    """A command of caliwatch in a new network namespace, behind the shell commands of `setup`."""
    shell = [*NAMESPACE, "sh", "-c", f'{setup}\nexec "$@"', "sh"]
    return caliwatch(*arguments, prefix=shell, env={**os.environ, **(environment or {})}, **options)


class Checking(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def recording(self, setup=""):
        folder = os.path.join(self.folder, "recording")
        done = in_namespace("record", folder, *NO_BIRD, setup=setup)
        self.assertEqual(done.returncode, 0, done.stderr)
        return folder, done.stdout

    def test_a_node_on_which_nothing_is_wrong_exits_0(self):
        done = in_namespace("check", *NO_BIRD)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("this node: nothing wrong found; 1 note\n", done.stdout)
        self.assertEqual(done.stdout.count("\nBIRD\n  does not run here: "), 1)

    def test_a_node_behind_vxlan_shows_the_others_and_what_one_lacks(self):
        done = caliwatch("check", "--replay", ROOT / "test/recordings/nodes/lose-vtep-fdb")
        self.assertIn("\nOther nodes, IPv4: 2 by VXLAN; 1 incomplete\n", done.stdout)
        rows = [line.split() for line in done.stdout.splitlines() if "VXLAN to 192.168." in line]
        self.assertEqual([row[0] for row in rows], ["?", "10.39.1.13"])
        self.assertIn("?           no node for its tunnel's MAC  VXLAN to 192.168.12.0", done.stdout)

    def test_a_finding_exits_1_and_is_told_with_its_remedy(self):
        done = in_namespace("check", *NO_BIRD, setup=DUPLICATE_IP)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertRegex(done.stdout, r"CRITICAL  .* is in use at several interfaces \[duplicate_neighbor_ip\]\n")
        self.assertIn("cali12ab34cd56e", done.stdout)
        self.assertIn("192.168.7.1: has neighbor entries on 2 interfaces", done.stdout)
        self.assertIn("What it breaks: ", done.stdout)
        self.assertIn("What to do: ", done.stdout)
        self.assertIn("\n      ip -d link show cali12ab34cd56e\n", done.stdout)

    def test_what_cannot_be_read_exits_2_and_is_told(self):
        os.mkdir(os.path.join(self.folder, "nodename"))
        done = in_namespace("check", "--calico.run-dir", self.folder, "--calico.lib-dir", self.folder)
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("cannot judge", done.stdout)
        self.assertRegex(done.stdout, r"nodename +.*it is not a regular file")

    def test_a_bird_that_hangs_is_a_finding(self):
        with socket.socket(socket.AF_UNIX) as bird:
            bird.bind(os.path.join(self.folder, "bird.ctl"))
            bird.listen(8)
            done = in_namespace("check", "--calico.run-dir", self.folder, "--calico.lib-dir", self.folder)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("CRITICAL  BIRD (IPv4) does not answer [bird_down]\n    BIRD ipv4: ", done.stdout)
        self.assertIn("IPv4  cannot be asked: ", done.stdout)
        self.assertIn("  bird ", done.stdout)

    def test_json_says_the_same_as_the_exit_code(self):
        for setup, outcome, code in (("", "clean", 0), (DUPLICATE_IP, "findings", 1)):
            done = in_namespace("check", "--output", "json", *NO_BIRD, setup=setup)
            self.assertEqual((done.returncode, json.loads(done.stdout)["outcome"]), (code, outcome))

    def test_short_is_a_line_a_problem_under_the_verdict(self):
        done = in_namespace("check", "--output", "short", *NO_BIRD, setup=DUPLICATE_IP)
        verdict, duplicate, *others = done.stdout.splitlines()
        self.assertEqual((done.returncode, verdict), (1, "this node: 2 problems, 1 of them critical"))
        self.assertTrue(duplicate.startswith("CRITICAL  duplicate_neighbor_ip  192.168.7.1: has "), duplicate)
        self.assertRegex("\n".join(others), r"^WARNING  \w+  Calico's folders: [^\n]+$")

    def test_wide_shows_what_text_shows_and_more_of_each_peer_and_source(self):
        folder = ROOT / "test/recordings/nodes/healthy-bird2"
        text, wide = (caliwatch("check", "--replay", folder, "--output", kind).stdout for kind in ("text", "wide"))
        self.assertTrue(wide.startswith(text))
        self.assertRegex(wide, r"\n  10\.39\.1\.12 +Mesh_10_39_1_12 +64512 ")
        self.assertRegex(wide, r"\nSources\n(?:  .*\n)*  endpoint_status ")

    def test_quiet_the_exit_code_alone_is_the_answer(self):
        for flag in ("-q", "--quiet"):
            done = in_namespace("check", flag, *NO_BIRD, setup=DUPLICATE_IP)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (1, "", ""))
        self.assertEqual(in_namespace("check", "-q", *NO_BIRD).returncode, 0)
        wrong = caliwatch("check", "-q", "--replay", "/nonexistent")
        self.assertEqual((wrong.returncode, wrong.stdout), (2, ""))
        self.assertIn("/nonexistent", wrong.stderr)

    def test_an_answer_that_cannot_be_written_is_no_clean_bill(self):
        with open("/dev/full", "w") as full:
            done = in_namespace("check", *NO_BIRD, stdout=full)
        self.assertEqual(done.returncode, 2)
        self.assertIn("could not be written", done.stderr)

    def test_a_recording_is_judged_elsewhere_as_it_was_here(self):
        folder, told = self.recording(DUPLICATE_IP)
        self.assertIn("names of pods", told)
        self.assertIn(f"caliwatch check --replay {folder}", told)
        done = caliwatch("check", "--replay", folder, "--output", "json")
        self.assertEqual(done.returncode, 1)
        subjects = [finding["subject"] for finding in json.loads(done.stdout)["findings"]]
        self.assertEqual(subjects, ["192.168.7.1", "Calico's folders"])

    def test_a_recording_comes_out_as_an_archive_and_its_folder_is_gone(self):
        folder = os.path.join(self.folder, "recording")
        with open(os.path.join(self.folder, "archive"), "wb") as archive:
            done = in_namespace("record", "--tar", folder, *NO_BIRD, setup=DUPLICATE_IP, stdout=archive)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("caliwatch check --replay recording", done.stderr)
        self.assertFalse(os.path.exists(folder))
        subprocess.run(["tar", "-xf", archive.name, "-C", self.folder], check=True)
        self.assertEqual(caliwatch("check", "--replay", folder).returncode, 1)
        again = in_namespace("record", "--tar", folder, *NO_BIRD)
        self.assertEqual((again.returncode, again.stdout), (1, ""))
        self.assertIn(f"{folder} exists", again.stderr)
        self.assertTrue(os.path.exists(folder))

    def test_a_recording_never_mixes_with_other_files(self):
        folder, _ = self.recording()
        again = in_namespace("record", folder, *NO_BIRD)
        self.assertEqual(again.returncode, 1)
        self.assertIn(folder, again.stderr)
        self.assertEqual(caliwatch("check", "--replay", folder).returncode, 0)

    def test_what_is_no_recording_cannot_be_judged(self):
        for folder in (self.folder, "/nonexistent"):
            done = caliwatch("check", "--replay", folder)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(folder, done.stderr)

    def test_a_recording_is_anonymized_later_and_judged_as_before(self):
        folder, _ = self.recording(DUPLICATE_IP)
        nameless = os.path.join(self.folder, "nameless")
        done = caliwatch("record", "--anonymize", "--replay", folder, nameless)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("were replaced by others", done.stdout)
        found, hidden = (
            json.loads(caliwatch("check", "--replay", each, "--output", "json").stdout)["findings"]
            for each in (folder, nameless)
        )
        self.assertEqual([row["check"] for row in hidden], [row["check"] for row in found])
        self.assertNotEqual(hidden[0]["subject"], found[0]["subject"])
        packed = subprocess.run(["tar", "-C", nameless, "-c", "."], stdout=subprocess.PIPE, check=True).stdout
        for secret in (
            b"192.168.7.1",
            b"cali12ab34cd56e",
            socket.inet_aton("192.168.7.1"),
            bytes.fromhex("eeeeeeeeee01"),
        ):
            self.assertNotIn(secret, packed)

    def test_a_recording_writes_nothing_of_its_own_to_the_terminal(self):
        folder, _ = self.recording()
        for look in LOOKS:
            with open(os.path.join(folder, look, "calico", "mtu.error"), "w") as file:
                file.write("INTERNAL\n\x1b[2Jcleared\n")
        again = os.path.join(self.folder, "again")
        for done in (caliwatch("check", "--replay", folder), caliwatch("record", "--replay", folder, again)):
            self.assertIn("cleared", done.stdout)
            self.assertNotIn("\x1b", done.stdout + done.stderr)
        os.unlink(os.path.join(folder, "agent", "state.error"))
        with open(os.path.join(folder, "agent", "state"), "w") as file:
            file.write("\x1b[2Jcleared\n")
        done = caliwatch("check", "--replay", folder)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn(f"{folder}: agent/state is damaged", done.stderr)
        self.assertNotIn("\x1b", done.stderr)

    def test_no_link_of_a_recording_is_followed(self):
        folder, _ = self.recording()
        secret = os.path.join(self.folder, "secret")
        with open(secret, "w") as file:
            file.write("a-secret")
        for look in LOOKS:
            os.symlink(secret, os.path.join(folder, look, "calico", "nodename"))
        done = caliwatch("check", "--replay", folder, "--output", "json")
        read = {row["source"]: row["error"] for row in json.loads(done.stdout)["sources"]}
        self.assertIn(f"{folder}/look-2/calico/nodename: it is a symbolic link", read["nodename"])
        self.assertNotIn("a-secret", done.stdout)

    def test_only_a_terminal_gets_colour_unless_it_asks_for_none(self):
        folder, _ = self.recording(DUPLICATE_IP)
        self.assertNotIn("\x1b", caliwatch("check", "--replay", folder).stdout)
        self.assertIn("\x1b[", self.on_a_terminal("check", "--replay", folder, NO_COLOR=""))
        for refusal in ({"NO_COLOR": "1"}, {"NO_COLOR": "", "TERM": "dumb"}):
            self.assertNotIn("\x1b", self.on_a_terminal("check", "--replay", folder, **refusal))

    def on_a_terminal(self, *arguments, **environment):
        ours, terminal = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", **environment}
        process = subprocess.Popen([CALIWATCH, *arguments], stdout=terminal, stderr=subprocess.DEVNULL, env=environment)
        os.close(terminal)
        shown = b""
        try:
            while piece := os.read(ours, 4096):
                shown += piece
        except OSError:  # how a terminal says that nobody writes to it any more
            pass
        os.close(ours)
        process.wait()
        return shown.decode()


if __name__ == "__main__":
    run_tests()
