# SPDX-License-Identifier: Apache-2.0
"""Runs a scenario in a lab of its own, and puts what an agent measured beside what the witnesses saw."""

from __future__ import annotations

import dataclasses
import time
from typing import Optional

from calicolab.lab import Lab
from calicolab.metrics import by, scrape
from calicolab.scenarios import NODE
from calicolab.truth import Truth, Witness

_FAMILY = "ipv4"


@dataclasses.dataclass
class Measured:
    duration: float
    longest_gap: float
    prefix_seconds: float
    restarts: float  # that this trial added
    phases: set  # seen while it lasted
    blockers: set
    rising: bool  # elapsed seconds never fell while it lasted


@dataclasses.dataclass
class Result:
    truth: Truth
    measured: Optional[Measured]


class Trial:
    def __init__(self, scenario, agent=None, say=lambda line: None, interval="1s"):
        self.scenario, self._say = scenario, say
        options = {"nodes": 4, "pods": 1, "families": (_FAMILY,), **scenario.options}
        if agent:
            options.update(agent=agent, agent_args=(f"--poll.interval={interval}",))
        self._agent = agent
        self.lab = Lab(wait=False, say=say, **options)
        self.witness = None

    def run(self):
        with self.lab:
            self._settle()
            self.witness = Witness(self.lab, NODE)
            before = self._scrape() if self._agent else None
            self._say(f"now: {self.scenario.text}")
            starts = self.scenario.act(self)
            measured = self._measure(before) if self._agent else time.sleep(self.scenario.lasts + 4)
            result = Result(self.witness.truth(starts[0], starts[-1]), measured)
            self.witness.stop()
            return result

    def _settle(self):
        """All BIRDs start without waiting for peers: a dead one would hold up the beginning as well."""
        for number in range(1, 5):
            self.lab.restart_bird(f"node{number}", families=(_FAMILY,), recover=False)
        self.lab.wait_for_bgp(60)
        if not self._agent:
            return
        polls = None
        while True:  # until it has seen, for some polls, that all is well; a dead peer is expected for a minute
            text = self._scrape()
            if text and self._value(text, "elapsed_seconds") == 0 and polls is not None:
                if by(text, "caliwatch_polls_total").get((), 0) >= polls + 4:
                    return
            elif text and self._value(text, "elapsed_seconds") == 0:
                polls = by(text, "caliwatch_polls_total").get((), 0)
            else:
                polls = None
            time.sleep(0.3)

    def _scrape(self):
        try:
            return scrape(self.lab, NODE)
        except OSError:
            return ""

    @staticmethod
    def _value(text, name):
        return by(text, f"caliwatch_convergence_{name}", "family").get(_FAMILY)

    @staticmethod
    def _ended(text):
        return sum(value for key, value in by(text, "caliwatch_convergence_episodes_total", "family", "outcome").items() if key[0] == _FAMILY)

    def _measure(self, before):
        ended, restarts = self._ended(before), by(before, "caliwatch_bird_restarts_total", "family")[_FAMILY]
        phases, blockers, last, rising = set(), set(), 0.0, True
        give_up = time.monotonic() + self.scenario.lasts + 60
        while time.monotonic() < give_up:
            text = self._scrape()
            if text and self._ended(text) > ended - (self.scenario.counted == 0) * ended:
                break
            if text and (elapsed := self._value(text, "elapsed_seconds")):
                rising, last = rising and elapsed >= last, elapsed
                phases |= {key[1] for key, on in by(text, "caliwatch_convergence_phase", "family", "phase").items() if on and key[0] == _FAMILY}
                blockers |= {key[1] for key in by(text, "caliwatch_convergence_blocking_peer", "family", "peer") if key[0] == _FAMILY}
            time.sleep(0.2)
        else:
            raise AssertionError(f"no episode ended; phases seen: {phases}")
        gap = lambda name: by(text, f"caliwatch_route_gap_{name}", "family")[_FAMILY]  # noqa: E731
        return Measured(
            self._value(text, "last_seconds"), gap("seconds"), gap("prefix_seconds"),
            by(text, "caliwatch_bird_restarts_total", "family")[_FAMILY] - (restarts if self.scenario.counted else 0),
            phases, blockers, rising,
        )  # fmt: skip


def row(result):
    """Of the table in docs/convergence.md: true and measured seconds, true and measured longest gap."""
    truth, measured = result.truth, result.measured
    cell = lambda value: "–" if value is None else f"{value:.2f}"  # noqa: E731
    told = (measured.duration, measured.longest_gap) if measured else (None, None)
    return f"{cell(truth.duration)} | {cell(told[0])} | {cell(truth.longest_gap)} | {cell(told[1])}"
