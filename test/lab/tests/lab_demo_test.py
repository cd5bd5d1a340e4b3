#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The demo's prompt at a terminal: what Tab and the arrows do, what is offered, and that it can be broken."""

import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

from calicolab import Lab, LabError, faults
from calicolab.options import Options
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.tools import LAB

# Plays caliwatch: this is about the prompt. `watch` takes q from the terminal, as the real one does.
STAND_IN = """\
#!{python}
import http.server, signal, sys
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
command, *more = sys.argv[1:]
if command == "agent":
    port = [argument for argument in sys.argv if "listen-address" in argument][0].rpartition(":")[2]
    http.server.ThreadingHTTPServer(("0.0.0.0", int(port)), Page).serve_forever()
if command == "explain":
    print("explained " + more[0] if more else "Checks\\n  bird_down\\n      BIRD does not answer.\\n  bird_slow\\n")
if command == "check":
    print("checked")
if command == "watch":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(print("watch ended", flush=True)))
    print("watching", flush=True)
    while sys.stdin.read(1) != "q": pass
    print("watch has q", flush=True)
"""
# Tables of the whole machine: every other lab would see it.
NOT_ALONE = {"fill-neighbors"}


class PromptTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, folder)
        agent = os.path.join(folder, "caliwatch")
        with open(agent, "w") as out:
            out.write(STAND_IN.format(python=os.path.realpath(sys.executable)))
        os.chmod(agent, 0o755)
        cls.person, terminal = pty.openpty()
        cls.addClassCleanup(os.close, cls.person)
        cls.demo = subprocess.Popen(
            ["setsid", "--ctty", "--wait", sys.executable, LAB, "--name", "demo-prompt", "demo",
             "--nodes", "2", "--pods", "2", "--agent", agent],
            stdin=terminal, stdout=terminal, stderr=terminal, env={**os.environ, "TERM": "xterm"},
        )  # fmt: skip
        cls.addClassCleanup(cls.end)
        os.close(terminal)
        cls.shown = ""
        threading.Thread(target=cls.read, daemon=True).start()
        if not eventually(lambda: "demo> " in cls.shown, timeout=60):
            raise AssertionError(cls.shown)

    @classmethod
    def end(cls):
        cls.demo.send_signal(signal.SIGTERM)
        cls.demo.wait(30)

    @classmethod
    def read(cls):
        try:
            while piece := os.read(cls.person, 4096):
                cls.shown += re.sub(r"\x07|\r", "", piece.decode(errors="replace"))  # a bell, and ends of lines
        except OSError:  # nobody has the terminal any more
            pass

    def type(self, keys, until):
        """What is shown from then on, up to `until`."""
        before = len(self.shown)
        os.write(self.person, keys.encode())
        self.assertTrue(eventually(lambda: until in self.shown[before:], timeout=20), self.shown[before:])
        return self.shown[before:]

    def line(self, text):
        """What is answered to a line, up to the next prompt."""
        return self.type(text + "\r", "demo> ").partition("\n")[2]

    def test_the_menu_is_grouped_and_has_what_this_lab_can_have_alone(self):
        menu = self.line("menu")
        titles = re.findall(r"(?m)^([A-Z][^:\n]*)$", menu)
        self.assertEqual(titles, ["Pods", "Routes", "BIRD and its sessions", "Felix", "The node's own network"])
        numbers = [int(number) for number in re.findall(r"(?m)^ +(\d+) +[a-z]", menu)]
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
        self.assertIn("wrong-veth", menu)
        for absent in ("lose-vtep-fdb", "tunnel-down", "kill-node"):  # without VXLAN; without a third node
            self.assertNotIn(absent, menu)

    def test_a_number_and_a_name_break_the_same_and_heal_mends_it(self):
        number = re.search(r"(?m)^ +(\d+) +stale-veths ", self.line("menu"))[1]
        self.assertIn("cali", self.line(f"{number} node2"))
        self.assertIn("is in force already", self.line("stale-veths node2"))
        self.assertIn("broken: stale-veths node2", self.line("status"))
        self.assertIn("healed: stale-veths node2", self.line("heal stale-veths"))

    def test_a_misspelt_word_is_answered_with_what_was_meant(self):
        self.assertIn("no fault 'wrong-vet'; did you mean wrong-veth", self.line("wrong-vet"))
        self.assertIn("did you mean check", self.line("chekc"))
        self.assertIn("`help` and `menu` list those there are", self.line("xyzzy"))
        self.assertIn("numbers from 1 to", self.line("1000"))
        self.assertIn("cannot be read", self.line("check 'node1"))

    def test_help_explain_and_check(self):
        told = self.line("help")
        for word in ("check", "watch", "explain", "heal", "status", "menu", "quit"):
            self.assertRegex(told, rf"(?m)^  {word} ")
        self.assertIn("stale-veths [node=node1] [count=3]", self.line("help stale-veths"))
        self.assertIn("explained bird_down", self.line("explain bird_down"))
        self.assertIn("Lead the routes", self.line("explain wrong-veth"))
        self.assertIn("there is no node 'node7'", self.line("check node7"))
        self.assertIn("checked", self.line("check node2"))

    def test_tab_completes_words_faults_nodes_and_checks(self):
        for typed, completed in {
            "stale-v\t": "stale-veths ",
            "check no\t": "check node",
            "explain bird_d\t": "explain bird_down ",
            "heal zz\t": "heal zz",
        }.items():
            self.assertIn(completed, self.type(typed, completed))
            self.type("\x15\r", "demo> ")  # Ctrl-U erases the line

    def test_an_arrow_brings_back_what_was_typed(self):
        self.line("help heal")
        self.assertIn("heal [NAME]", self.type("\x1b[A\r", "or all"))

    def test_watch_ends_by_its_own_key_and_by_ctrl_c_which_does_not_end_the_demo(self):
        self.type("watch node2\r", "watching")
        self.type("q\n", "demo> ")
        self.type("watch node2\r", "watching")
        self.assertIn("watch ended", self.type("\x03", "demo> "))
        self.assertIn("checked", self.line("check"))


class BeforeTest(unittest.TestCase):
    def told(self, program, jobs):
        done = subprocess.run([os.path.dirname(LAB) + "/before-demo", program, jobs], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_who_has_to_build_first_is_told_how_long_that_takes_on_his_cores(self):
        one, eight = (self.told("/nonexistent", jobs) for jobs in ("1", "8"))
        minutes = [int(re.search(r"takes about (\d+) minutes on", told)[1]) for told in (one, eight)]
        self.assertGreater(minutes[0], minutes[1])
        self.assertIn("on one core,", one)
        self.assertIn("on 8 cores,", eight)

    def test_who_has_built_is_told_nothing(self):
        self.assertEqual(self.told(sys.executable, "2"), "")

    def test_make_says_it_first(self):
        commands = subprocess.run(
            ["make", "--dry-run", "demo", "BUILD=/nonexistent"],
            cwd=os.path.dirname(LAB) + "/../..", capture_output=True, text=True,
        ).stdout.splitlines()  # fmt: skip
        self.assertIn("test/lab/before-demo /nonexistent/caliwatch", commands[0])
        self.assertIn("--target caliwatch ", "\n".join(commands))


class OfferedTest(unittest.TestCase):
    """What the prompt offers, and nothing else, a lab can have; each heals."""

    def assert_offered_is_possible(self, **options):
        options = {"pods": 2, **options}
        offered = {name for names in faults.grouped(Options(**options)).values() for name in names}
        with Lab(**options) as lab:
            refused = {name: self.refusal(lab, name) for name in faults.FAULTS if name not in NOT_ALONE}
            # A BIRD that the fault before has restarted may not take a command yet.
            for name in [name for name, why in refused.items() if why and name in offered]:
                lab.wait_for_bgp(timeout=60)
                refused[name] = self.refusal(lab, name)
        possible = {name for name, why in refused.items() if why is None}
        self.assertEqual(offered - NOT_ALONE, possible, refused)

    def refusal(self, lab, name):
        """Why the lab cannot have it; None: it could."""
        try:
            lab.fault(name)
        except LabError as why:
            return str(why)
        finally:
            lab.heal()
        return None

    def test_with_bird(self):
        self.assert_offered_is_possible(nodes=3)

    def test_with_vxlan(self):
        self.assert_offered_is_possible(nodes=3, encap="vxlan")

    def test_a_small_lab_with_an_old_calico(self):
        self.assert_offered_is_possible(nodes=2, pods=1, calico="3.29", bird="2.0.12", families=("ipv4",))

    def test_one_node_without_pods(self):
        self.assert_offered_is_possible(nodes=1, pods=0)

    def test_every_fault_is_in_a_group(self):
        modules = {module for group in faults.GROUPS.values() for module in group}
        self.assertEqual({made.__module__.rpartition(".")[2] for made in faults.FAULTS.values()}, modules)


if __name__ == "__main__":
    run_tests()
