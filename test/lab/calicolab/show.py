# SPDX-License-Identifier: Apache-2.0
"""Text for people."""

from __future__ import annotations


def step(line):
    print(f"• {line}", flush=True)


def table(rows):
    """Columns as wide as their widest cell."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)


def status(found):
    rows = [("NODE", "ADDRESS", "BIRD", "BIRD6", "PODS", "AGENT")]
    rows += [_node(node) for node in found["nodes"]]
    return table(rows) + "\n\nbroken: " + (", ".join(found["faults"]) or "nothing")


def _node(node):
    birds = [_bird(node["bird"].get(family), node, family) for family in ("ipv4", "ipv6")]
    return (node["name"], next(iter(node["addresses"].values())), *birds, str(len(node["pods"])), _agent(node["agent"]))


def _bird(bird, node, family):
    if bird is None:
        return "-"
    if bird["pid"] is None:
        return "dead"
    if bird["established"] is None:
        return "no answer"
    peers = node["peers"] if family in node["addresses"] else 0
    return f"{len(bird['established'])} of {peers} established"


def _agent(agent):
    if agent is None:
        return "-"
    return (agent["url"] or "running") if agent["pid"] else "dead"


def faults(described):
    return table([(name, fault["usage"], fault["text"]) for name, fault in described.items()])


SCENARIO_HEAD = (
    "| scenario | family | seconds, true | measured | longest route gap, true | measured |\n|---|---|---|---|---|---|"
)


def scenario_row(scenario, result):
    """Of the table in docs/convergence.md."""
    truth, measured = result.truth, result.measured
    told = (measured.duration, measured.longest_gap) if measured else (None, None)
    cells = [_seconds(value) for value in (truth.duration, told[0], truth.longest_gap, told[1])]
    return "| " + " | ".join([scenario.text, result.family, *cells]) + " |"


def scenario_details(result):
    """What the row leaves out."""
    rows = [("", "BY WITNESSES", "BY THE AGENT")]
    truth, measured = result.truth, result.measured
    for phase in truth.phases:
        rows.append(
            (f"seconds in {phase}", _seconds(truth.phases[phase]), _seconds(measured and measured.phases.get(phase)))
        )
    rows.append(
        (
            "prefix-seconds without routes",
            _seconds(truth.prefix_seconds),
            _seconds(measured and measured.prefix_seconds),
        )
    )
    if result.half_time:
        told = result.half_time.told
        rows.append(("held up by", _names(result.half_time.pending), _names(told.blockers) if told else "–"))
    rows += [(f"{peer} up after", _seconds(at - truth.start), "") for peer, at in sorted(truth.peer_up.items())]
    return table(rows)


def _seconds(value):
    return "–" if value is None else f"{value:.2f}"


def _names(found):
    return ", ".join(sorted(found)) or "nobody"
