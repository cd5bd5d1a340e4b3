# SPDX-License-Identifier: Apache-2.0
"""What a healthy cluster has, asked of birdc and ip."""

from __future__ import annotations

import json

from calicolab import addressing


def missing_on(node, peers, others, with_bird):
    """In words, what this node lacks; routes are looked at once all sessions are there."""
    lines = [line for family in node.families for line in _missing_sessions(node, peers, family)] if with_bird else []
    return lines or [line for family in node.families for line in _missing_routes(node, others, family)]


def _missing_sessions(node, peers, family):
    established = node.birds[family].established() or []
    names = [addressing.protocol_name(node.kind_towards(other), other.address(family)) for other in peers]
    return [f"{node.name}: session {name}" for name in names if name not in established]


def _missing_routes(node, others, family):
    rows = json.loads(node.namespace.run("ip", "-json", "-4" if family == "ipv4" else "-6", "route"))
    present = {row["dst"] for row in rows}
    blocks = [block for other in others for block in other.blocks(family)]
    return [f"{node.name}: route {block}" for block in blocks if block not in present]
