# SPDX-License-Identifier: Apache-2.0
"""What is to be measured of one size, and how long that takes. Pure."""

import dataclasses

STATES = ("healthy", "fault", "churn")  # in this order: of flapping routes one hears for a while
MANY_FINDINGS = 20_000
# Seconds, about, until a node is built and its routes are there. All else is waiting, on any machine.
BUILDING = {"S": 10, "M": 20, "L": 120, "XL": 400}


@dataclasses.dataclass(frozen=True)
class Plan:
    size: str
    agent: str  # path of the program
    floor: str
    results: str  # path of the file
    about: dict  # of the machine and the programs: goes into the results as it is
    states: tuple = STATES
    wrong: int = 5_000  # routes, in a fault; all if there are fewer
    rounds: int = 5
    turn: int = 5  # seconds, and polls, of each program in a round
    settle: int = 20  # seconds after each change
    defaults: bool = True  # also polls every 5 s and scrapes every 15 s


def quick(plan):
    """Enough to see where a figure goes."""
    return dataclasses.replace(plan, turn=3, settle=12, defaults=False)


def seconds_of(plan, exporters):
    """About; `exporters`: how many there are."""
    changes = 2 * sum(state != "healthy" for state in plan.states) * plan.settle
    measured = len(plan.states) * plan.rounds
    a_second = 10 + changes + measured * (exporters + 2) * (plan.turn + 1)
    bird_and_scrapes = plan.rounds * (3 * plan.turn + 1) + 2 + 2 * plan.turn
    defaults = 10 + changes + measured * 15 + 5 * len(plan.states) if plan.defaults else 0
    return BUILDING[plan.size] + a_second + bird_and_scrapes + defaults
