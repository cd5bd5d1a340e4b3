# SPDX-License-Identifier: Apache-2.0
"""What faults brought about, beside what they have to bring about."""

import collections
import concurrent.futures
import itertools
import time

from calicolab.waiting import eventually
from detection.fault_scene import Expected
from harness.watch import await_healed, recorded, told

LISTED_WITHIN = 30  # seconds: an orphan is given time to be taken up by Felix
GONE_WITHIN = 4  # seconds: three polls, and a look at what the last of them found
LINGER = {"peer_flapping", "route_flapping", "bird_restarts_often", "felix_restarts_often"}


def together(*expected):
    """Of several faults at once."""
    union = lambda name: set().union(*(getattr(each, name) for each in expected))
    return Expected(
        union("must"),
        union("effects"),
        union("remembered"),
        {reason: findings for each in expected for reason, findings in each.may.items()},
        max(each.within for each in expected),
    )


class Outcome:
    """broken(), once the faults are in force, and healed(), once they no longer are, ask the agents, `caliwatch check`
    and recordings that are made meanwhile."""

    def __init__(self, name, expected, watch):
        self.name, self.expected, self._watch = name, expected, watch
        self.replayed, self.nameless = [], []
        self.missing, self.beyond, self.unlisted, self.alarms, self.left, self._told = (set() for _ in range(6))
        watch.forget()

    def broken(self, lab):
        eventually(lambda: self.expected.must <= self._watch.seen, self.expected.within)
        self._watch.rest(polls=2)
        self.alarms = self._watch.now & self.expected.follows()
        alarms, effects, self.replayed, self.nameless = everything_told(lab, self.expected)
        self._told = alarms | effects
        self.unlisted = self.expected.effects - effects

    def healed(self, lab, scene):
        await_healed(lab, scene)
        eventually(lambda: not lasting(self._watch.now), GONE_WITHIN)
        self.left = lasting(self._watch.now)
        eventually(
            self._watch.converged
        )  # and for two polls, or the next fault would befall a node that is not well yet
        self._watch.rest(polls=2)
        self.missing = self.expected.must - self._watch.seen
        self.beyond = (self._watch.seen | self._told) - self.expected.allowed()

    def assert_right(self, test):
        test.assertEqual(self.missing, set(), "is to be found")
        test.assertEqual(self.beyond, set(), "is not true of a lab with this fault")
        test.assertEqual(self.unlisted, set(), "is to be listed below its cause")
        test.assertEqual(self.alarms, set(), "is to be no alarm beside its cause")
        test.assertEqual(self.left, set(), "was found though all was healed")
        test.assertEqual(self.replayed, [], "is told of the node, and not in a recording, or the other way round")
        test.assertEqual(self.nameless, [], "is so often found in a recording, and not once names are replaced")


def everything_told(lab, expected):
    """(alarms, effects, and how what recordings tell differs). Again where something is not listed: the kernel forgets
    a pod's failed gateway at times, until the pod asks anew, and some findings are to last before they are told."""
    nodes, end = sorted({node for node, _, _ in expected.must}), time.monotonic() + LISTED_WITHIN
    with concurrent.futures.ThreadPoolExecutor(2 * len(nodes) or 1) as pool:
        for attempt in itertools.count(1):
            recordings = [pool.submit(recorded, lab, node) for node in nodes]
            both = list(pool.map(lambda node: told(lab, node), nodes))
            alarms, effects = (set().union(*(found[i] for found in both)) for i in (0, 1))
            played = [recording.result() for recording in recordings]
            replayed = [
                sorted(live ^ found)
                for told_now, (plain, _) in zip(both, played)
                for live, found in zip(told_now, plain)
                if live != found
            ]
            nameless = [by_check(plain) for plain, hidden in played if by_check(plain) != by_check(hidden)]
            if (expected.effects <= effects and not replayed) or (attempt >= 3 and time.monotonic() > end):
                break
    return alarms, effects, replayed, nameless


def by_check(found):
    """How many (alarms, effects) each check has: what is left of findings without their names."""
    return tuple(collections.Counter(check for _, check, _ in kind) for kind in found)


def lasting(found):
    return {finding for finding in found if finding[1] not in LINGER}
