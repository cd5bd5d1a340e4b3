# SPDX-License-Identifier: Apache-2.0
"""What faults brought about, beside what they have to bring about."""

from calicolab.waiting import eventually
from detection.fault_scene import Expected
from harness.watch import await_healed, told

GONE_WITHIN = 4  # seconds: three polls, and a look at what the last of them found
LINGER = {"peer_flapping"}


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
    """broken(), once the faults are in force, and healed(), once they no longer are, ask the agents and `caliwatch
    check`."""

    def __init__(self, name, expected, watch):
        self.name, self.expected, self._watch = name, expected, watch
        self.missing, self.beyond, self.unlisted, self.alarms, self.left, self._told = (set() for _ in range(6))
        watch.forget()

    def broken(self, lab):
        eventually(lambda: self.expected.must <= self._watch.seen, self.expected.within)
        self._watch.rest(polls=2)
        self.alarms = self._watch.now & self.expected.follows()
        alarms, effects = everything_told(lab, self.expected)
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


def everything_told(lab, expected):
    """Again where something is not listed: the kernel forgets a pod's failed gateway at times, until the pod asks
    anew."""
    for _ in range(3):
        both = [told(lab, node) for node in sorted({node for node, _, _ in expected.must})]
        alarms, effects = (set().union(*(found[i] for found in both)) for i in (0, 1))
        if expected.effects <= effects:
            break
    return alarms, effects


def lasting(found):
    return {finding for finding in found if finding[1] not in LINGER}
