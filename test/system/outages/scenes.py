# SPDX-License-Identifier: Apache-2.0
"""What the outages share: a lab with all that is asked about it, and how many polls an agent takes to see what a
witness sees."""

import contextlib
import json
import threading
import unittest

from calicolab import Lab
from calicolab.metrics import by, samples, scrape
from calicolab.waiting import eventually
from detection.fault_findings import FAULTS
from detection.fault_outcome import Outcome, together
from detection.fault_scene import HOLD_TIME, Scene
from harness.alarms import Alarms
from harness.pages import Pages
from harness.program import CALIWATCH
from harness.waiting import ready
from harness.watch import AGENT_ARGS, Watch

POLLS = 3
_LOOK = 0.05  # seconds; much less than a poll


class Outage(unittest.TestCase):
    """A lab of four nodes with these options. Its agents poll every second and look into pods, Prometheus and
    Alertmanager run at its monitor, and play() tells its story; what it returns are the alerts that reached the
    webhook.

    faults: all that the story breaks, each by its name and its arguments; unwell: what is found before that, rightly.
    """

    options, faults, unwell = {}, (), set()
    faster = 20  # than the shipped rules

    def play(self, browser):
        """browser: a SharedBrowser."""
        self._browser, self._begun, self._beginning = browser, [], []
        with contextlib.ExitStack() as self._stack:
            self.lab = self._stack.enter_context(
                Lab(nodes=4, hold_time=HOLD_TIME, agent=CALIWATCH, agent_args=AGENT_ARGS, **self.options)
            )
            self.settle()
            ready(self.lab)
            self.alarms = self._stack.enter_context(contextlib.closing(Alarms(self.lab, self.faster)))
            self.watch = self._stack.enter_context(contextlib.closing(Watch(self.lab)))
            self.watch.rest(polls=10)  # for as long sessions may take their time after a start of BIRD
            self.assertTrue(eventually(lambda: self.watch.now == self.unwell, timeout=40), self.watch.now)
            self.alarms.await_scraped()
            self.scene = Scene(self.lab)
            alerts = self.story()
        self.assertEqual(set(self._begun), set(self.faults))
        return alerts

    def settle(self):
        """Until the lab is as it is before the outage."""

    def story(self):
        raise NotImplementedError

    def expect(self, *faults):
        """From now on, an Outcome of these, all at once."""
        self.alarms.forget()
        expected = [FAULTS[name].expect(self.scene, *arguments) for name, *arguments in faults]
        return Outcome(" and ".join(name for name, *_ in faults), together(*expected), self.watch)

    def begin(self, *fault):
        """In the background: some faults take seconds until all of them is there, and are seen before."""
        self._begun.append(fault)
        self._beginning.append(threading.Thread(target=self.lab.fault, args=fault))
        self._beginning[-1].start()

    def heal(self):
        for beginning in self._beginning:
            beginning.join()
        self.lab.heal()

    def await_witness(self, sees, timeout=30):
        self.assertTrue(eventually(sees, timeout, every=_LOOK), "the witness never saw it")

    def assert_found(self, node, *wanted, polls=POLLS):
        """Each (check, subject) is on /metrics within so many polls from now."""
        self._assert_soon(node, lambda found: set(wanted) <= found, polls)

    def assert_gone(self, node, *unwanted):
        self._assert_soon(node, lambda found: not found & set(unwanted), POLLS)

    def _assert_soon(self, node, holds, polls):
        start, _ = self._look(node)
        seen = lambda: self._holds(node, holds, start + polls)
        done, found = eventually(seen, timeout=3 * polls, every=_LOOK) or self._look(node)
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

    def told(self, node, check, subject):
        """(detail and remedy, {(check, subject)} of what is listed below it), by `caliwatch check`."""
        argv = ["caliwatch", "check", "--check.pods", "--output", "json"]
        answer = self.lab.node(node).run(argv, check=False).stdout
        rows = {(row["check"], row["subject"]): row for row in json.loads(answer)["findings"]}
        self.assertIn((check, subject), rows)
        row = rows[check, subject]
        return f"{row['detail']}\n{row['remedy']}", {(effect["check"], effect["subject"]) for effect in row["effects"]}

    @contextlib.contextmanager
    def page(self):
        """Pages, alone with the browser."""
        with self._browser.taken() as browser:
            yield Pages(self.lab, browser)

    def assert_page(self, *shown):
        with self.page() as pages:
            pages.assert_shown(self, *shown)

    def ip(self, where, *arguments):
        """Rows of `ip -json`."""
        return json.loads(self.lab.node(where).run(["ip", "-json", *arguments]).stdout or "[]")
