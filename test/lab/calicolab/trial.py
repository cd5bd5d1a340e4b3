# SPDX-License-Identifier: Apache-2.0
"""Runs a scenario in a lab of its own, and puts what an agent measured beside what the witnesses saw."""

from __future__ import annotations

import dataclasses
import time

from calicolab.lab import Lab
from calicolab.metrics import by, scrape
from calicolab.options import FAMILIES
from calicolab.reading import Follower, Measured, Reading
from calicolab.scenarios import NODE
from calicolab.truth import Truth, Witness


@dataclasses.dataclass
class HalfTime:
    """Who holds a family up when half of it is over: by birdc, and by an agent."""

    pending: set
    told: Reading | None = None
    check: str = ""  # the output of `caliwatch check`


@dataclasses.dataclass
class Result:
    family: str
    truth: Truth
    half_time: HalfTime | None = None  # where somebody holds up one of the families
    measured: Measured | None = None


class Trial:
    """bird: another version than the scenario's own. disturbed: families whose BIRD did not restart, but an agent says
    so."""

    def __init__(self, scenario, agent=None, say=lambda line: None, bird=None):
        self.scenario, self._agent, self._say = scenario, agent, say
        options = {"nodes": 4, "pods": 1, "families": ("ipv4",), **scenario.options}
        if bird:
            options.update(bird=bird)
        if agent:
            options.update(agent=agent, agent_args=("--poll.interval=1s",))
        self.lab = Lab(wait=False, say=say, **options)
        self.witnesses, self.disturbed = {}, set()
        self._half_time, self._followers = {}, {}

    def run(self):
        """A Result for each family whose BIRD restarts."""
        with self.lab:
            self._settle()
            self.witnesses = {family: Witness(self.lab, NODE, family) for family in self.scenario.families}
            before = self._scrape() if self._agent and self.scenario.counted else None
            self._followers = {family: Follower(Reading(before, family) if before else None) for family in FAMILIES}
            self._say(f"now: {self.scenario.text}")
            starts = self.scenario.act(self)
            self.watch_half_time(starts)
            self._wait_for_end(starts)
            results = [self._result(family, starts[family]) for family in self.scenario.families]
            for witness in self.witnesses.values():
                witness.stop()
            return results

    def _result(self, family, starts):
        truth = self.witnesses[family].truth(starts[0], starts[-1])
        return Result(family, truth, self._half_time.get(family), self._followers[family].measured)

    def _settle(self):
        """All BIRDs start without waiting for peers: a dead one would hold up the beginning as well."""
        for number in range(1, 5):
            self.lab.restart_bird(f"node{number}", recover=False)
        self.lab.wait_for_bgp(60)
        quiet_since = None  # in polls; a dead peer is expected for a minute
        while self._agent:
            text = self._scrape()
            polls = by(text, "caliwatch_polls_total").get((), 0)
            quiet = text and all(not Reading(text, family).elapsed for family in FAMILIES)
            quiet_since = (quiet_since or polls) if quiet else None
            if quiet and polls >= quiet_since + 4:
                return
            time.sleep(0.3)

    def watch_half_time(self, starts):
        """Waits for it, once; a scenario that goes on afterwards calls it itself."""
        if not self.scenario.blockers or self._half_time:
            return
        self._until(max(each[0] for each in starts.values()) + self.scenario.lasts / 2)
        pending = {family: witness.pending() for family, witness in self.witnesses.items()}
        text = self._scrape() if self._agent else ""
        check = self.lab.node(NODE).run(["caliwatch", "check"], check=False).stdout if self._agent else ""
        for family, names in pending.items():
            self._half_time[family] = HalfTime(names, Reading(text, family) if text else None, check)

    def _wait_for_end(self, starts):
        if not self._agent:
            self._until(max(each[0] for each in starts.values()) + self.scenario.lasts + 4)
            return
        give_up = time.time() + self.scenario.lasts + 60
        self._until(give_up, lambda: all(self._followers[family].measured for family in self.scenario.families))
        unseen = [family for family in self.scenario.families if not self._followers[family].measured]
        if unseen:
            raise AssertionError(f"{self.scenario.name}: the agent ended no episode of {' and '.join(unseen)}")

    def _until(self, moment, enough=lambda: False):
        """Follows the agent meanwhile. The moment is BIRD's, however slow this machine is."""
        while not (enough() or self._follow()) and time.time() < moment:
            time.sleep(0.2)
        self.disturbed = {
            family for family in FAMILIES if family not in self.scenario.families and self._followers[family].disturbed
        }

    def _follow(self):
        text = self._scrape() if self._agent else ""
        for family, follower in self._followers.items() if text else ():
            follower.take(Reading(text, family))

    def _scrape(self):
        try:
            return scrape(self.lab, NODE)
        except OSError:
            return ""
