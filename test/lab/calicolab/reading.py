# SPDX-License-Identifier: Apache-2.0
"""What an agent tells of one family's convergence: one scrape of it, and many in a row."""

from __future__ import annotations

import dataclasses

from calicolab.metrics import by


@dataclasses.dataclass
class Measured:
    duration: float
    phases: dict[str, float]  # seconds
    longest_gap: float
    prefix_seconds: float
    restarts: float  # that this trial added
    rising: bool  # elapsed seconds never fell from BIRD's start to the end


class Reading:
    def __init__(self, text, family):
        self._text, self._family = text, family

    def value(self, name):
        """None where there is no such series."""
        return by(self._text, f"caliwatch_{name}", "family").get(self._family)

    def by(self, name, label):
        """{label value: value}"""
        found = by(self._text, f"caliwatch_{name}", "family", label)
        return {key: value for (family, key), value in found.items() if family == self._family}

    @property
    def elapsed(self):
        return self.value("convergence_elapsed_seconds")

    @property
    def ended(self):
        """Episodes."""
        return sum(self.by("convergence_episodes_total", "outcome").values())

    @property
    def restarts(self):
        return self.value("bird_restarts_total") or 0

    @property
    def phase(self):
        return next((phase for phase, on in self.by("convergence_phase", "phase").items() if on), None)

    @property
    def blockers(self):
        return set(self.by("convergence_blocking_peer", "peer"))

    @property
    def named_blocked(self):
        """Whether the finding graceful_restart_blocked is there."""
        found = by(self._text, "caliwatch_finding_since_timestamp_seconds", "check", "subject")
        return ("graceful_restart_blocked", f"BIRD {self._family}") in found


class Follower:
    """Takes readings until an episode has ended that had not when `before` was read; None: all count."""

    def __init__(self, before):
        self._ended, self._restarts = (before.ended, before.restarts) if before else (0, 0)
        self._last, self._rising = 0.0, True
        self.disturbed = False  # by an episode or a restart
        self.measured = None

    def take(self, reading):
        if self.measured or reading.elapsed is None:
            return
        if reading.phase != "bird_down":  # until BIRD starts it counts from its end, then from the start
            self._rising = self._rising and (reading.elapsed == 0 or reading.elapsed >= self._last)
            self._last = max(self._last, reading.elapsed)
        self.disturbed = self.disturbed or reading.elapsed > 0 or reading.restarts > self._restarts
        if reading.ended > self._ended:
            self.disturbed = True
            self.measured = Measured(
                reading.value("convergence_last_seconds"), reading.by("convergence_last_phase_seconds", "phase"),
                reading.value("route_gap_seconds"), reading.value("route_gap_prefix_seconds"),
                reading.restarts - self._restarts, self._rising,
            )  # fmt: skip
