# SPDX-License-Identifier: Apache-2.0
"""What is to be measured, and how long that takes. Pure."""

import dataclasses

STATES = ("healthy", "churn", "fault")
EXPORTERS = 4  # at most so many take turns
# Seconds, about, until a size is built and its routes are there; the rest of the time is waited for, whatever the machine.
BUILDING = {"S": 10, "M": 20, "L": 120, "XL": 400}


@dataclasses.dataclass(frozen=True)
class Plan:
    size: str
    agent: str  # path of the program
    floor: str
    results: str  # file
    about: dict  # of the machine and the program; goes into the results as it is
    states: tuple = STATES
    rounds: int = 5
    turn: int = 5  # seconds, and polls, of each program in a round
    settle: int = 15  # seconds after each change
    defaults: bool = True  # also with polls every 5 s and scrapes every 15 s


def seconds_of(plan):
    changes = 2 * sum(state != "healthy" for state in plan.states)
    each_state = len(plan.states) * plan.rounds
    a_second = 10 + changes * plan.settle + each_state * (EXPORTERS + 2) * (plan.turn + 1)
    bird_and_scrapes = plan.rounds * (3 * plan.turn + 1) + 2 + 2 * plan.turn
    many_findings = plan.settle + 30 if plan.size in ("L", "XL") and "fault" in plan.states else 0
    at_defaults = 10 + changes * plan.settle + each_state * 15 + 5 * len(plan.states) if plan.defaults else 0
    return BUILDING[plan.size] + a_second + bird_and_scrapes + many_findings + at_defaults
