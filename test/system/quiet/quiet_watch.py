# SPDX-License-Identifier: Apache-2.0
"""Watches the agents of a healthy lab, second by second, and keeps all that they find that is more than information,
cannot judge or cannot read."""

import collections
import json
import threading
import time

from calicolab import Lab
from calicolab.metrics import by, samples, scrape_at
from calicolab.waiting import eventually
from harness.program import CALIWATCH
from harness.waiting import ready
from quiet.quiet_neighbors import NeighborTable


class Watch:
    """Of all nodes of a lab. `said`: {(node, kind, what): [seconds]}; kind is finding, unjudged or down, and what
    begins with a name."""

    def __init__(self, lab, kind):
        self._lab, self._kind, self._table = lab, kind, NeighborTable()
        agents = {row["name"]: row["agent"] for row in lab.status()["nodes"] if row["name"] not in kind.leaving}
        self._urls = {node: agent["url"] for node, agent in agents.items() if agent}
        self.said = collections.defaultdict(list)
        self.looks = self.full = 0  # full: when a full neighbor table was told, and was true

    def now(self):
        """{(node, kind, what)}: all that is said at this moment."""
        return {(node, *saying) for node, url in self._urls.items() for saying in sayings(scrape_at(url), self._kind)}

    def settle(self, timeout=40):
        """BIRD has just started, or restarted. What does not settle will be said."""
        eventually(lambda: not self.now(), timeout)

    def look(self, second):
        said = self.now()
        true = {saying for saying in said if saying[2][0] == "neighbor_table_full" and self._table.was_full()}
        for saying in said - true:
            self.said[saying].append(round(second))
        self.looks, self.full = self.looks + 1, self.full + bool(true)

    def polls(self):
        return min(samples(scrape_at(url), "caliwatch_polls_total")[0].value for url in self._urls.values())

    def checked(self):
        """{node: what one look of `caliwatch check` says}"""
        argv = ["caliwatch", "check", "--output", "json", *self._kind.flags()]
        return {node: json.loads(self._lab.node(node).run(argv, check=False).stdout) for node in self._urls}


def sayings(text, kind):
    """Of one agent's metrics: findings, checks that cannot be judged but should, sources that cannot be read."""
    counts = by(text, "caliwatch_check_findings", "check", "severity")
    subjects = by(text, "caliwatch_finding_since_timestamp_seconds", "check", "subject")
    for (check, severity), count in counts.items():
        if count and severity != "info":
            yield "finding", (check, *sorted(subject for of, subject in subjects if of == check))
    for check, judged in by(text, "caliwatch_check_judged", "check").items():
        if not judged and check not in kind.unjudged:
            yield "unjudged", (check,)
    for source, up in by(text, "caliwatch_source_up", "source").items():
        if not up:
            yield "down", (source,)


def observe(kind, seconds):
    """A Result of one lab of this kind, watched for so long while the kind's act goes on."""
    with Lab(agent=CALIWATCH, agent_args=("--poll.interval=1s", *kind.flags()), **kind.options) as lab:
        ready(lab)
        watch = Watch(lab, kind)
        watch.settle()
        before, ending, acts = watch.polls(), threading.Event(), []
        actor = threading.Thread(target=lambda: acts.append(kind.act(lab, ending)))
        actor.start()
        begin = time.monotonic()
        while (second := time.monotonic() - begin) < seconds:
            watch.look(second)
            time.sleep(max(0, begin + int(second) + 1 - time.monotonic()))
        ending.set()
        actor.join()
        polls = watch.polls() - before
        watch.settle(20)
        return Result(
            seconds, watch.looks, polls, *(acts or [None]), watch.full, dict(watch.said), watch.now(), watch.checked()
        )


Result = collections.namedtuple("Result", "seconds looks polls acts full said afterwards checked")
