#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Since when a finding holds: the agent knows, keeps it through its own death, and `caliwatch check` has it from
there."""

import datetime
import json
import re
import signal
import time
import unittest
import urllib.request

from calicolab import Lab
from calicolab.metrics import by, scrape
from calicolab.running import Running
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.program import CALIWATCH
from harness.terminal import ESCAPE, Terminal
from harness.waiting import ready

NODE = "node1"
CHECK = "workload_interface_down"
STATE = "$CALICO_RUN_DIR/../agent-state.json"
GARBAGE = "this is no state\n"


def moment(text):
    """Seconds of Unix time."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def only_finding(report):
    (finding,) = report["findings"]
    return finding


class CheckSinceTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(nodes=1, pods=1, families=("ipv4",), agent=CALIWATCH, agent_args=("--poll.interval=1s",))
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()
        ready(cls.lab)
        cls.url = cls.lab.agent_url(NODE)
        cls.broken_at = time.time()
        cls.lab.fault("interface-down", NODE)
        eventually(lambda: cls.agent_report()["findings"])
        cls.found_at = time.time()
        time.sleep(max(0, cls.broken_at + 9 - time.time()))

    @classmethod
    def agent_report(cls):
        with urllib.request.urlopen(cls.url + "api/v1/report", timeout=5) as answer:
            return json.load(answer)

    def agent_since(self):
        finding = only_finding(self.agent_report())
        self.assertEqual(finding["check"], CHECK)
        return finding["since"]

    def metric_since(self):
        return by(scrape(self.lab, NODE), "caliwatch_finding_since_timestamp_seconds", "check")[CHECK]

    def sh(self, command):
        return self.lab.node(NODE).run(["sh", "-c", command]).stdout

    def check(self, *flags, exits=1):
        done = self.lab.node(NODE).run(["caliwatch", "check", *flags], check=False)
        self.assertEqual((done.returncode, done.stderr), (exits, ""), done.stdout)
        return done.stdout

    def checked_since(self):
        return only_finding(json.loads(self.check("--output=json")))["since"]

    def start_agent(self):
        self.lab.start_agent(NODE)
        ready(self.lab)
        self.assertTrue(eventually(lambda: self.agent_report()["findings"]))

    def test_the_agent_says_when_it_was_broken(self):
        self.assertLessEqual(self.broken_at, moment(self.agent_since()) + 0.001)
        self.assertLessEqual(moment(self.agent_since()), self.found_at)
        self.assertEqual(self.metric_since(), int(moment(self.agent_since())))

    def test_check_names_the_agents_moment_and_how_long_ago_it_was(self):
        since = self.agent_since()
        self.assertEqual(self.checked_since(), since)
        before = time.time()
        minutes, seconds = re.search(
            r"    cali\w+, for (?:(\d+) min )?(\d+) s: is administratively", self.check()
        ).groups()
        told = int(minutes or 0) * 60 + int(seconds)
        self.assertGreaterEqual(told, 8)
        self.assertGreaterEqual(told, int(before - moment(since)))
        self.assertLessEqual(told, time.time() - moment(since))

    def test_a_killed_agent_goes_on_with_the_same_moment(self):
        since, told = self.agent_since(), self.metric_since()
        self.lab.kill_agent(NODE, signal.SIGKILL)
        without_agent = self.checked_since()
        self.start_agent()
        self.assertEqual(without_agent, since)
        self.assertEqual(self.agent_since(), since)
        self.assertEqual(self.metric_since(), told)
        self.assertEqual(self.checked_since(), since)

    def test_a_state_file_that_cannot_be_used_costs_check_the_moment_only(self):
        self.lab.kill_agent(NODE)
        self.addCleanup(self.start_agent)
        self.sh(f'cp "{STATE}" "{STATE}.kept"; printf %s "{GARBAGE}" > "{STATE}"')
        self.addCleanup(self.sh, f'mv "{STATE}.kept" "{STATE}"')
        began = time.time()
        self.assertGreaterEqual(moment(self.checked_since()) + 0.001, began)
        self.assertEqual(self.sh(f'cat "{STATE}"'), GARBAGE)
        self.assertEqual(
            self.sh(f'ls "$(dirname "{STATE}")" | grep state').split(), ["agent-state.json", "agent-state.json.kept"]
        )

    def test_a_terminal_gets_the_same_in_colour_unless_it_asks_for_none(self):
        coloured, plain = self.on_a_terminal("TERM=xterm"), self.on_a_terminal("NO_COLOR=1")
        self.assertIn("\x1b[1;31mCRITICAL\x1b[0m  Pod default/", coloured)
        self.assertNotIn("\x1b", plain)
        self.assertEqual(ESCAPE.sub("", coloured).splitlines()[0], plain.splitlines()[0])
        self.assertNotIn("\x1b", self.check())

    def on_a_terminal(self, *environment):
        terminal = Terminal()
        self.addCleanup(terminal.close)
        with open("/dev/null", "r+") as nothing:
            streams = [nothing.fileno(), terminal.fd, nothing.fileno()]
            argv = ["env", "--unset=NO_COLOR", "--unset=TERM", *environment, "caliwatch", "check"]
            running = Running(self.lab.connect(), NODE, argv, streams)
        self.addCleanup(running.close)
        terminal.close_theirs()
        self.assertEqual(running.wait(20), 1)
        self.assertTrue(terminal.ended.wait(10))
        return terminal.shown()


if __name__ == "__main__":
    run_tests()
