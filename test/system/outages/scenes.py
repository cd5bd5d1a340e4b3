# SPDX-License-Identifier: Apache-2.0
"""What the tests of outages share: a lab with agents, and how many polls an agent takes to see what a witness sees."""

import json
import threading
import time
import unittest

from calicolab import Lab
from calicolab.metrics import by, samples, scrape
from calicolab.waiting import eventually
from harness.program import CALIWATCH
from harness.waiting import ready
from harness.watch import AGENT_ARGS, Watch

POLLS = 3
_LOOK = 0.05  # seconds; much less than a poll


class OutageTest(unittest.TestCase):
    """A class has one lab of these options, with agents that poll every second and look into pods."""

    options = {}

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(agent=CALIWATCH, agent_args=AGENT_ARGS, **cls.options)
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()
        ready(cls.lab)
        cls.watch = Watch(cls.lab)
        cls.addClassCleanup(cls.watch.close)
        cls.watch.rest(polls=2)

    def setUp(self):
        self.assertTrue(eventually(lambda: not self.watch.now), self.watch.now)

    def begin(self, fault, *arguments):
        """In the background: some faults take seconds until all of them is there, and are seen before."""
        beginning = threading.Thread(target=self.lab.fault, args=(fault, *arguments))
        beginning.start()
        self.addCleanup(beginning.join)

    def await_witness(self, sees, timeout=30):
        self.assertTrue(self._soon(sees, timeout), "the witness never saw it")

    def assert_found(self, node, *wanted, polls=POLLS):
        """Each (check, subject) is on /metrics within so many polls from now."""
        self._assert_soon(node, lambda found: set(wanted) <= found, polls)

    def assert_gone(self, node, *unwanted):
        self._assert_soon(node, lambda found: not found & set(unwanted), POLLS)

    def _assert_soon(self, node, holds, polls):
        start, _ = self._look(node)
        done, found = self._soon(lambda: self._holds(node, holds, start + polls), timeout=3 * polls) or self._look(node)
        self.assertTrue(holds(found), found)
        self.assertLessEqual(done - start, polls)

    def _holds(self, node, holds, last):
        """(polls, findings) once it holds, or with the last poll that was waited for."""
        done, found = self._look(node)
        return (done, found) if holds(found) or done > last else None

    def _look(self, node):
        """(polls so far, {(check, subject)}) of one scrape."""
        text = scrape(self.watch, node)
        found = set(by(text, "caliwatch_finding_since_timestamp_seconds", "check", "subject"))
        return samples(text, "caliwatch_polls_total")[0].value, found

    @staticmethod
    def _soon(condition, timeout):
        end = time.monotonic() + timeout
        while not (value := condition()) and time.monotonic() < end:
            time.sleep(_LOOK)
        return value

    def told(self, node, check, subject):
        """(detail and remedy, {(check, subject)} of what is listed below it), by `caliwatch check`."""
        answer = self.lab.node(node).run(["caliwatch", "check", "--check.pods", "--output", "json"], check=False).stdout
        rows = {(row["check"], row["subject"]): row for row in json.loads(answer)["findings"]}
        self.assertIn((check, subject), rows)
        row = rows[check, subject]
        return f"{row['detail']}\n{row['remedy']}", {(effect["check"], effect["subject"]) for effect in row["effects"]}

    def ip(self, where, *arguments):
        """Rows of `ip -json`."""
        return json.loads(self.lab.node(where).run(["ip", "-json", *arguments]).stdout or "[]")
