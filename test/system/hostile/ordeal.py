# SPDX-License-Identifier: Apache-2.0
"""An agent under watch while a neighbour misbehaves: what must hold throughout, and how soon it is well again."""

import os
import threading
import time

from calicolab.metrics import samples
from calicolab.waiting import patience
from harness.program import SANITIZED

WORST_SCRAPE = 0.25  # seconds
MOST_MEMORY = float("inf") if SANITIZED else 64 << 20


def value(text, name, **labels):
    """The sample of this name with these labels; None where there is none."""
    for sample in samples(text, name):
        if labels.items() <= sample.labels.items():
            return sample.value
    return None


class Ordeal:
    """While it is in force, the agent is scraped ten times a second. `test`: the TestCase that judges."""

    def __init__(self, test, agent):
        self._test, self.agent = test, agent
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._scrape, daemon=True)
        self._failures = []
        self.scrapes, self.worst = 0, 0.0
        self.text = ""  # of the last good scrape

    def _scrape(self):
        while not self._over.wait(0.1):
            begin = time.monotonic()
            try:
                status, _, body = self.agent.ask("/metrics")
                self.worst = max(self.worst, time.monotonic() - begin)
                self.scrapes += 1
                self.text = body.decode() if status == 200 else ""
                if status != 200:
                    self._failures.append(status)
            except OSError as error:
                self._failures.append(str(error))

    def __enter__(self):
        self.await_that(lambda: self.agent.ask("/-/ready")[0] == 200)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def now(self, name, **labels):
        return value(self.agent.ask("/metrics")[2].decode(), name, **labels)

    def is_up(self, source="bird"):
        return self.now("caliwatch_source_up", source=source)

    def polls(self):
        return int(self.now("caliwatch_polls_total") or 0)

    def await_polls(self, more, timeout=60):
        """So many polls end from now on."""
        wanted = self.polls() + more
        self.await_that(lambda: self.polls() >= wanted, timeout)

    def await_that(self, holds, timeout=60):
        end = time.monotonic() + patience(timeout)
        while not holds():
            self._test.assertLess(time.monotonic(), end, "never came true")
            time.sleep(0.02)

    def comes_back(self, holds, polls=2):
        """What was wrong is well as of now: within so many polls `holds()` is true."""
        last = self.polls() + polls
        while not holds():
            self._test.assertLessEqual(self.polls(), last, "not back in time")
            time.sleep(0.02)
        return self.polls() - last + polls

    def memory(self):
        """The most it ever had resident, in bytes."""
        with open(f"/proc/{self.agent.pid}/status") as status:
            return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmHWM"))

    def held(self, what):
        """It was served throughout, in time and memory. Prints the figures."""
        self.await_that(lambda: self.scrapes or self._failures)
        self._over.set()
        self._thread.join()
        memory = self.memory()
        print(f"{what}: {self.scrapes} scrapes, worst {self.worst * 1000:.0f} ms, {memory / (1 << 20):.1f} MiB")
        self._test.assertEqual(self._failures, [])
        self._test.assertGreater(self.scrapes, 0)
        self._test.assertLessEqual(self.worst, patience(WORST_SCRAPE))
        self._test.assertLessEqual(memory, MOST_MEMORY)

    def ends(self, number):
        """By this signal, cleanly and within a second."""
        begin = time.monotonic()
        self.agent.signal(number)
        self._test.assertEqual(self.agent.wait(10), 0)
        self._test.assertLessEqual(time.monotonic() - begin, patience(1))


def descriptors(agent):
    return len(os.listdir(f"/proc/{agent.pid}/fd"))
