# SPDX-License-Identifier: Apache-2.0
"""Tables of what was measured, and docs/benchmarks.md, in Markdown."""

import statistics
from pathlib import Path

from bench import bounds, flat
from bench.bounds import AGENT, BOUNDS, DEFAULT, EVERY_SECOND, FLOOR
from bench.calico_node import SIZES
from bench.plan import STATES

missed = bounds.missed
_ORDER = [
    FLOOR, AGENT, "node_exporter of Debian", "node_exporter", "node_exporter by netlink", "bird_exporter of Debian",
    "bird_exporter",
]  # fmt: skip
_TEMPLATE = Path(__file__).with_name("benchmarks.md.in")


def tables(results):
    parts = [_made_of(results), _must_hold(results), _each_second(results), _defaults(results), _memory(results)]
    return "\n\n".join(part for part in [*parts, _bird_and_scrapes(results)] if part)


def document(results, soak=None):
    return _TEMPLATE.read_text().replace("@TABLES@", tables(results)).replace("@SOAK@", _soak(soak))


def _table(head, rows):
    lines = ["| " + " | ".join(row) + " |" for row in [head, *rows]]
    return "\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]])


def _made_of(results):
    rows = []
    for one in results:
        size = SIZES[one["size"]]
        numbers = [size.routes, size.pods, size.peers, size.neighbors, one["wrong"]]
        what = f"{one['commit']}, build/{one['build']}, {one['date']}" + (", quick" if one["quick"] else "")
        rows.append([size.name, *[f"{number:,}" for number in numbers], what, str(one["rounds"]), f"{one['load']:.1f}"])
    head = ["", "routes", "pods", "peers", "neighbors", "wrong in a fault", "measured of", "rounds", "load"]
    versions = ", ".join(f"{name} {version}" for name, version in results[-1]["versions"].items())
    missing = [name for name in ("node_exporter", "bird_exporter") if name not in results[-1]["versions"]]
    skipped = f" Not there, so that Debian's counts as the newest: {', '.join(missing)}." if missing else ""
    return f"{_table(head, rows)}\n\nOn {results[-1]['machine']}, with {versions}.{skipped}"


def _must_hold(results):
    rows = [[bound.name, *[bounds.cell(bound, one) for one in results]] for bound in BOUNDS]
    return "## What must hold\n" + _table(["", *_names(results)], rows) + _left_out(results)


def _left_out(results):
    """What was measured while the node was not as it was to be."""
    lines = [
        f"- {one['size']}, polls every {interval}, {state}: {', '.join(found)}"
        for one in results
        for interval in (EVERY_SECOND, DEFAULT)
        for state in STATES
        if (found := bounds.disturbed(one, interval, state))
    ]
    title = "\n\nLeft out, since the agent found something at the end that does not belong there:\n"
    return title + "\n".join(lines) if lines else ""


def _names(results):
    return [one["size"] for one in results]


def _programs(results, interval):
    measured = {name for one in results for state in one.get(interval, {}).get("cpu", {}).values() for name in state}
    return [name for name in _ORDER if name in measured]


def _each_second(results):
    title = "## A poll and a scrape each second\nMilliseconds of CPU for one of both"
    return f"{title}:\n\n{_cpu(results, EVERY_SECOND, '{:.3g}')}"


def _defaults(results):
    table = _cpu(results, DEFAULT, "{:.0f}")
    title = "## At the defaults\nA poll every 5 seconds, a scrape every 15, all side by side"
    return f"{title}. Milliseconds of CPU a minute:\n\n{table}" if table else ""


def _cpu(results, interval, shape):
    """A row for each program and state, a column for each size."""
    rows = []
    for program in _programs(results, interval):
        for state in STATES:
            values = [bounds.median(one, interval, state, program) for one in results]
            if any(values):
                name = "the kernel's own dump" if program == FLOOR else program
                rows.append([name, state, *["–" if value is None else shape.format(value) for value in values]])
    return _table(["", "", *_names(results)], rows) if rows else ""


def _memory(results):
    rows = []
    for interval in (EVERY_SECOND, DEFAULT):
        for one in results:
            for moment, found in one.get(interval, {}).get("memory", {}).items():
                state = moment.removeprefix("after ")
                if state in bounds.MAY_FIND and bounds.disturbed(one, interval, state):
                    continue
                rows.append([
                    one["size"], f"every {interval}", moment, f"{found['rss_mib']:.1f}", f"{found['peak_mib']:.1f}",
                    str(found["threads"]), str(found["descriptors"]), f"{found['findings'] or 0:,.0f}",
                ])  # fmt: skip
    head = ["", "polls", "", "resident, MiB", "peak so far, MiB", "threads", "descriptors", "findings"]
    others = [["", *_names(results)]]
    for program in _programs(results, EVERY_SECOND):
        if program != FLOOR:
            others.append([program, *[_faults_and_memory(one, program) for one in results]])
    beside = "Page faults of a poll or scrape, those from the disk in brackets, and resident MiB, healthy"
    return f"## Memory\n{_table(head, rows)}\n\n{beside}:\n\n{_table(others[0], others[1:])}"


def _faults_and_memory(one, program):
    keys = ("minor_faults", "major_faults", "rss_mib")
    values = [bounds.median(one, EVERY_SECOND, "healthy", program, key) for key in keys]
    return "–" if None in values else "{:,.0f} ({:.0f}), {:.1f}".format(*values)


def _bird_and_scrapes(results):
    rows = []
    for one in results:
        rounds, took = one.get("bird"), one.get("scrapes")
        if not rounds or not took:
            continue
        own = [statistics.median(each[key] for each in rounds) for key in ("idle", "question", AGENT)]
        row = [one["size"], *[f"{value:.2f}" for value in own]]
        for polling in (True, False):
            middle, most = [bounds.scrapes(one, summary, polling) or 0 for summary in (statistics.median, max)]
            count = sum(each["polling"] or not polling for each in took)
            row.append(f"{middle:.2f}, {most:.1f} of {count:,}")
        rows.append(row)
    head = ["", "BIRD alone", "asked `show protocols all`", "with the agent", "scrapes while it polls", "all scrapes"]
    title = (
        "## BIRD's part, and scrapes meanwhile\nBIRD's milliseconds of CPU a second, with a poll or a question in each;"
    )
    scrapes = "milliseconds of scrapes, one after another: the median, the longest, of how many"
    return f"{title} {scrapes}:\n\n{_table(head, rows)}" if rows else ""


def _soak(soak):
    if not soak:
        return "## Soak\nNot run yet: `make soak`."
    short = soak["samples"][-1]["polls"] < soak["asked"]
    return (
        f"## Soak\nSize {soak['size']}, polls every 100 ms, under churn, a scrape every 10 seconds, for "
        f"{soak['minutes']:.0f} minutes, of {soak['commit']}: what it holds between polls."
        + (f" It was ended before the {soak['asked']:,} polls that are asked for." if short else "")
        + f" {flat.told(soak['samples'])}"
    )
