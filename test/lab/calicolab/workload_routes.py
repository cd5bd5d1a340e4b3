# SPDX-License-Identifier: Apache-2.0
"""The routes on a pod's interface, as Felix reads them and puts them right: it wants its own there and no others."""

from __future__ import annotations

import json


def take_over(namespace, pod):
    """Of a pod that the CNI plugin has just made: what put_right() comes to there, without a look."""
    if commands := pod.takeover():
        namespace.ip(*commands)


def put_right(namespace, pod):
    """Deletes first, as Felix does: what the CNI plugin wrote, or a Felix of another version."""
    wanted = pod.host_route_keys()
    delete(namespace, pod.interface, but=wanted)
    if not wanted <= {_key(row) for _, row in _rows(namespace, pod.interface)}:
        namespace.ip(*pod.host_routes())


def delete(namespace, interface, but=frozenset()):
    """All that are there, but those with one of these (address, metric)."""
    for flag, row in _rows(namespace, interface):
        if _key(row) not in but:
            metric = ["metric", str(row["metric"])] if "metric" in row else []
            namespace.run("ip", flag, "route", "del", row["dst"], "dev", interface, *metric)


def _rows(namespace, interface):
    """[(flag of ip, row)], the best route to an address first: without a metric to match, ip deletes that one."""
    return [
        (flag, row)
        for flag in ("-4", "-6")
        for row in json.loads(namespace.run("ip", "-json", flag, "route", "show", "dev", interface) or "[]")
        if row.get("protocol") != "kernel" and not row["dst"].startswith("fe80")
    ]


def _key(row):
    return row["dst"].partition("/")[0], row.get("metric", 0)
