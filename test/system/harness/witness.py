# SPDX-License-Identifier: Apache-2.0
"""Answers of ip, birdc and the kernel's counters, which our own code has no part in."""

import json

FLAG = {"ipv4": "-4", "ipv6": "-6"}
BIRDC = {"ipv4": "birdc", "ipv6": "birdc6"}


def sessions(lab, node, family="ipv4"):
    """{protocol: (state, info)} of the BGP protocols, by birdc."""
    rows = [line.split() for line in lab.node(node).run([BIRDC[family], "show", "protocols"]).stdout.splitlines()]
    return {row[0]: (row[3], " ".join(row[5:])) for row in rows if len(row) > 3 and row[1] == "BGP"}


def routes(lab, node, family="ipv4", protocol="bird"):
    """{destination: gateway or type} in the kernel, by ip; of several routes the one that the kernel uses. (BIRD 2
    leaves a route of another priority behind when it gets a better one.)"""
    text = lab.node(node).run(["ip", "-json", FLAG[family], "route", "show", "proto", protocol]).stdout
    best_last = sorted(json.loads(text), key=lambda row: -row.get("metric", 0))
    return {row["dst"]: row.get("gateway", row.get("type", row.get("dev"))) for row in best_last}


def echoes(lab, node):
    """(echo requests, echo replies) that reached the node, by its kernel's counters."""
    text = lab.node(node).run(["cat", "/proc/net/snmp"]).stdout
    names, values = [line.split() for line in text.splitlines() if line.startswith("Icmp:")]
    counters = dict(zip(names, values))
    return int(counters["InEchos"]), int(counters["InEchoReps"])
