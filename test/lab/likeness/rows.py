# SPDX-License-Identifier: Apache-2.0
"""Each row of a node as a line of text, kind by kind, with roles in the place of what another node has otherwise."""

from __future__ import annotations

import collections
import json

from likeness import birdtext
from likeness.roles import Roles


def lines(recording, surroundings):
    """{kind: Counter of lines}"""
    roles = Roles(surroundings, recording)
    return {kind: collections.Counter(make(recording, roles)) for kind, make in _KINDS.items()}


def _links(recording, roles):
    for row in recording.links:
        name = roles.interface(row["name"])
        yield _line(
            name, row, ("type", "kind", "flags", "mtu", "operstate", "carrier", "other_namespace", "master"),
            mac=roles.mac(row["mac"]),
        )  # fmt: skip
        if row["vxlan"]:
            ends = {"local": roles.address(row["vxlan"]["local"]), "link": roles.index(row["vxlan"]["link"])}
            yield _line(f"{name} vxlan", {**row["vxlan"], **ends})


def _addresses(recording, roles):
    for row in recording.addresses:
        yield _line(
            f"{roles.index(row['index'])} {roles.address(row['address'])}/{row['length']}",
            row, ("scope", "flags"), broadcast=roles.address(row["broadcast"]),
        )  # fmt: skip


def _routes(recording, roles):
    for row in recording.routes:
        yield _line(
            roles.prefix(row["destination"], row["length"]), row,
            ("family", "type", "protocol", "metric", "scope", "flags", "mtu", "table", "several"),
            gateway=roles.address(row["gateway"]), interface=roles.index(row["index"]),
            source=roles.address(row["source"]),
        )  # fmt: skip


def _permanent_neighbors(recording, roles):
    """What was entered by somebody. Entries that the kernel made itself may be there or not."""
    for row in recording.neighbors:
        if "PERMANENT" in row["state"]:
            where = f"{roles.address(row['address'])} on {roles.index(row['index'])}"
            yield _line(where, row, ("state", "flags"), mac=roles.mac(row["mac"]))


def _fdb(recording, roles):
    for row in recording.fdb:
        where = f"{roles.mac(row['mac'])} on {roles.index(row['index'])}"
        yield _line(where, row, ("state", "flags", "by_interface", "master"), to=roles.address(row["address"]))


def _netconf(recording, roles):
    for row in recording.netconf:
        yield _line(str(roles.index(row["index"])), {**row, "index": None})


def _files(recording, roles):
    for name, text in recording.status_files.items():
        keys = list(json.loads(text)) if text else "nothing"
        orchestrator, workload, endpoint = name.split(" ")
        namespace = workload.partition("%2F")[0]
        line_break = " and a line break" if text.endswith("\n") else ""
        blanks = " with blanks" if " " in text else ""
        yield f"endpoint-status/{orchestrator} {namespace}%2FPOD {endpoint}: {keys}{blanks}{line_break}"
    yield f"mtu: {recording.calico['mtu']!r}"
    nodename = recording.calico["nodename"]
    yield f"nodename: {nodename and nodename.replace(nodename.strip(), 'NAME')!r}"


def _bird(family):
    def make(recording, roles):
        text = recording.birds[family, "show_protocols_all"]
        return birdtext.protocol_lines(text, roles) if text else ["it does not answer"]

    return make


def _bird_status(family):
    def make(recording, roles):
        text = recording.birds[family, "show_status"]
        return birdtext.status_lines(text, roles) if text else ["it does not answer"]

    return make


def _bird_routes(recording, roles):
    text = recording.birds["ipv4", "show_route_all"]
    return birdtext.route_lines(text, roles) if text else []


def _line(head, row, names=None, **more):
    """head, and what there is of the fields; a list as words with commas."""
    fields = {**{name: row[name] for name in names or row}, **more}
    shown = [f"{name}={_shown(value)}" for name, value in fields.items() if value is not None]
    return " ".join([head, *shown])


def _shown(value):
    return ",".join(value) if isinstance(value, list) else str(value).replace(" ", "-")


_KINDS = {
    "links": _links,
    "addresses": _addresses,
    "routes": _routes,
    "permanent neighbors": _permanent_neighbors,
    "fdb": _fdb,
    "netconf": _netconf,
    "files": _files,
    "bird status": _bird_status("ipv4"),
    "bird6 status": _bird_status("ipv6"),
    "bird": _bird("ipv4"),
    "bird6": _bird("ipv6"),
    "bird routes": _bird_routes,
}
