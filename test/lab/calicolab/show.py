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
