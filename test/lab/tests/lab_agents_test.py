#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each node's agent runs where it should and is reached from outside."""

import os
import pty
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

from calicolab import Lab
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.tools import LAB

STAND_IN = """\
#!{python}
import http.server, sys
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = " ".join([self.path, *sys.argv[1:]]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
if sys.argv[1] == "agent":
    port = [argument for argument in sys.argv if "listen-address" in argument][0].rpartition(":")[2]
    http.server.ThreadingHTTPServer(("0.0.0.0", int(port)), Page).serve_forever()
print("checked", *sys.argv[1:])
sys.exit(1)
"""


class ALabWithAgents(unittest.TestCase):
    """A stand-in plays the agent: this is about where it runs and who can reach it."""

    def setUp(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        self.agent = os.path.join(folder, "caliwatch")
        with open(self.agent, "w") as out:
            out.write(STAND_IN.format(python=os.path.realpath(sys.executable)))
        os.chmod(self.agent, 0o755)

    def get(self, url):
        with urllib.request.urlopen(url, timeout=3) as answer:
            return answer.read().decode()

    def test_each_agent_is_reached_from_this_machine_and_from_the_monitor(self):
        with Lab(wait=False, nodes=2, pods=0, families=("ipv4",), agent=self.agent) as lab:
            first = lab.agent_url("node1")
            self.assertTrue(eventually(lambda: self.answers(first)))
            self.assertRegex(self.get(first + "metrics"), "^/metrics agent .*--calico.run-dir=/run/lab/node1/run ")
            self.assertIn("/run/lab/node2/run", eventually(lambda: self.answers(lab.agent_url("node2"))))
            fetch = "import urllib.request as u; print(u.urlopen('http://10.39.1.12:10179/x').read().decode())"
            self.assertIn("/run/lab/node2/run", lab.node("monitor").run([sys.executable, "-c", fetch]).stdout)
            lab.kill_agent("node1")
            self.assertFalse(self.answers(first))
            lab.start_agent("node1")
            self.assertTrue(eventually(lambda: self.answers(first)))

    def answers(self, url):
        try:
            return self.get(url)
        except (urllib.error.URLError, OSError):
            return None

    def test_the_demo_checks_a_node_and_ends_with_the_exit_code_of_the_check(self):
        demo = subprocess.run(
            [sys.executable, LAB, "--name", "demo-test", "demo", "--once",
             "--nodes", "2", "--pods", "1", "--agent", self.agent],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60,
        )  # fmt: skip
        self.assertEqual(demo.returncode, 1, demo.stdout)  # the stand-in's "findings"
        self.assertRegex(demo.stdout, "checked check .*--calico.run-dir=/run/lab/node1/run ")
        self.assertRegex(demo.stdout, r"node2  http://127\.0\.0\.1:\d+/ ")

    def test_the_demo_obeys_a_person_at_a_terminal(self):
        person, terminal = pty.openpty()
        self.addCleanup(os.close, person)
        demo = subprocess.Popen(
            [sys.executable, LAB, "--name", "demo-typed", "demo", "--nodes", "2", "--pods", "1", "--agent", self.agent],
            stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        os.close(terminal)
        os.write(person, b"restart-bird node2\n1 node1\nstatus\nnonsense\nheal\nquit\n")
        said, _ = demo.communicate(timeout=60)
        self.assertEqual(demo.returncode, 0, said)
        self.assertIn("node2 keeps its routes", said)
        self.assertIn("broken: duplicate-ip node1", said)
        self.assertIn("there is no command and no fault 'nonsense'", said)
        self.assertIn("healed: duplicate-ip node1", said)


if __name__ == "__main__":
    run_tests()
