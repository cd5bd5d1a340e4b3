# SPDX-License-Identifier: Apache-2.0
"""What is made of measured samples: medians, ratios of the same round, and whether they keep within the bounds. Pure.

Results are what inside.py writes: {"size", "1s": {"cpu": {state: {program: [sample of each round]}}, "memory": …}, …}.
"""

import dataclasses
import statistics
from collections.abc import Callable

from bench.calico_node import SIZES
from bench.plan import MANY_FINDINGS

AGENT, FLOOR = "caliwatch", "floor"
EVERY_SECOND, DEFAULT = "1s", "5s"


@dataclasses.dataclass(frozen=True)
class Bound:
    name: str
    most: dict  # size -> value that must not be passed; other sizes have none
    of: Callable  # results -> value, or None where it was not measured
    unit: str = "×"


# By state, the check that alone may find something.
MAY_FIND = {"healthy": None, "fault": "route_unreachable", "churn": "route_flapping"}


def disturbed(results, interval, state):
    """What the agent found at the end of it that does not belong to the state, as series: then the node was not as it
    was to be, and the figures mean nothing."""
    found = results.get(interval, {}).get("memory", {}).get(state, {}).get("found", [])
    return [line for line in found if f'check="{MAY_FIND[state]}"' not in line]


def samples(results, interval, state, program, key="cpu_ms"):
    """One of each round; None where it was not measured, or something else disturbed it."""
    found = results.get(interval, {}).get("cpu", {}).get(state, {}).get(program)
    return [sample[key] for sample in found] if found and not disturbed(results, interval, state) else None


def median(results, interval, state, program, key="cpu_ms"):
    values = samples(results, interval, state, program, key)
    return statistics.median(values) if values else None


def ratio(ours, theirs):
    """The median of the rounds' ratios."""
    return statistics.median(one / other for one, other in zip(ours, theirs)) if ours and theirs else None


def newest(results, exporter):
    """The name of the newest that was measured: its last release, or Debian's."""
    measured = results.get(EVERY_SECOND, {}).get("cpu", {}).get("healthy", {})
    return next((name for name in (exporter, f"{exporter} of Debian") if name in measured), None)


def both_exporters(results, interval, state):
    """node_exporter and bird_exporter together, of each round."""
    two = [samples(results, interval, state, newest(results, name)) for name in ("node_exporter", "bird_exporter")]
    return [one + other for one, other in zip(*two)] if all(two) else None


def over_exporters(interval):
    return lambda results: ratio(
        samples(results, interval, "healthy", AGENT), both_exporters(results, interval, "healthy")
    )


def over_floor(results):
    return ratio(*[samples(results, EVERY_SECOND, "healthy", program) for program in (AGENT, FLOOR)])


def fault_over_healthy(results):
    """Rounds of two states have nothing in common: each state's median is over the floor of its own rounds, so that a
    machine that was busier meanwhile counts for less."""
    fault, healthy = [
        ratio(*[samples(results, EVERY_SECOND, state, program) for program in (AGENT, FLOOR)])
        for state in ("fault", "healthy")
    ]
    return fault / healthy if fault and healthy else None


def bird_ratio(results):
    """What BIRD pays for the agent's questions of a poll, over one `show protocols all`. None where its own work, which
    grows with its routes, hides what a question costs."""
    rounds = [each for each in results.get("bird", []) if each["question"] > 1.2 * each["idle"]]
    if 2 * len(rounds) <= len(results.get("bird", [])):
        return None
    return ratio([each[AGENT] - each["idle"] for each in rounds], [each["question"] - each["idle"] for each in rounds])


def memory(results, moment, key="rss_mib", interval=EVERY_SECOND):
    """None where it was not measured, or something else disturbed it."""
    if moment in MAY_FIND and disturbed(results, interval, moment):
        return None
    return results.get(interval, {}).get("memory", {}).get(moment, {}).get(key)


def resident(results):
    return memory(results, "healthy", interval=DEFAULT) or memory(results, "healthy")


def after_over_before(results):
    """None where the fault was not over: with many routes BIRD takes its time."""
    moment = "after many findings" if results["routes"] >= MANY_FINDINGS else "after fault"
    after, before = memory(results, moment), memory(results, "healthy")
    if not after or not before or memory(results, moment, "findings") > results["wrong"] / 100:
        return None
    return after / before


def scrapes(results, summary, polling=True):
    """Of those during which the agent polled."""
    took = [each["ms"] for each in results.get("scrapes", []) if each["polling"] or not polling]
    return summary(took) if took else None


BOUNDS = [
    Bound("CPU of a poll each second, over both exporters", {"M": 1 / 20, "L": 1 / 5}, over_exporters(EVERY_SECOND)),
    Bound("the same, over the kernel's own dump", {"M": 4}, over_floor),
    Bound("CPU at the defaults, over both exporters", {"M": 1 / 25, "L": 1 / 6}, over_exporters(DEFAULT)),
    Bound("CPU with wrong routes, over that without", {"M": 2, "L": 2}, fault_over_healthy),
    Bound("resident memory", {"M": 10, "L": 32}, resident, " MiB"),
    Bound("resident memory after a fault, over that before", {"M": 1.1, "L": 1.1}, after_over_before),
    Bound("BIRD's CPU, over one `show protocols all`", dict.fromkeys(SIZES, 1.2), bird_ratio),
    Bound("a scrape while the agent polls, median", {"L": 1}, lambda one: scrapes(one, statistics.median), " ms"),
    Bound("the same, longest", {"L": 5}, lambda one: scrapes(one, max), " ms"),
]


def written(value, unit):
    """A ratio below one half as 1/N."""
    if value is None:
        return "–"
    if unit != "×":
        return f"{value:.2f}{unit}" if value < 10 else f"{value:.0f}{unit}"
    return f"1/{1 / value:.1f}" if 0 < value < 0.5 else f"{value:.2f}×"


def cell(bound, results):
    """The figure, and where there is a bound, the bound and whether it holds."""
    value, most = bound.of(results), bound.most.get(results["size"])
    if value is None or most is None:
        return written(value, bound.unit)
    limit = f"1/{1 / most:.0f}" if most < 0.5 else f"{most:g}{bound.unit}"
    return f"{written(value, bound.unit)}, at most {limit}: {'holds' if value <= most else '**missed**'}"


def missed(results):
    """Names of what was measured and is above its bound."""
    return [
        f"{one['size']}: {bound.name}"
        for one in results
        for bound in BOUNDS
        if (value := bound.of(one)) is not None and value > bound.most.get(one["size"], float("inf"))
    ]
