# SPDX-License-Identifier: Apache-2.0
"""What tests of labs share: answers of ip, birdc and the kernel's counters, which our own code has no part in.

Importing this makes `calicolab` importable.
"""

import json
import os
import sys
import time
import unittest

LAB_FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lab")
LAB = os.path.join(LAB_FOLDER, "lab")
sys.path.insert(0, LAB_FOLDER)

from calicolab.errors import EXIT_SKIP, LabUnavailable  # noqa: E402
from calicolab.sandbox import check_available  # noqa: E402

FLAG = {"ipv4": "-4", "ipv6": "-6"}
BIRDC = {"ipv4": "birdc", "ipv6": "birdc6"}


def run_tests():
    """The main of a test file: skips, with the reason, where the kernel lets us make no lab."""
    try:
        check_available()
    except LabUnavailable as reason:
        print(f"skipped: {reason}")
        sys.exit(EXIT_SKIP)
    unittest.main(verbosity=2)


def eventually(condition, timeout=20):
    """Polls until the condition holds; its last value."""
    end = time.monotonic() + timeout
    while not (value := condition()) and time.monotonic() < end:
        time.sleep(0.2)
    return value


def sessions(lab, node, family="ipv4"):
    """{protocol: (state, info)} of the BGP protocols, by birdc."""
    rows = [line.split() for line in lab.node(node).run([BIRDC[family], "show", "protocols"]).stdout.splitlines()]
    return {row[0]: (row[3], " ".join(row[5:])) for row in rows if len(row) > 3 and row[1] == "BGP"}


def routes(lab, node, family="ipv4", protocol="bird"):
    """{destination: gateway or type} in the kernel, by ip."""
    text = lab.node(node).run(["ip", "-json", FLAG[family], "route", "show", "proto", protocol]).stdout
    return {row["dst"]: row.get("gateway", row.get("type", row.get("dev"))) for row in json.loads(text)}


def echoes(lab, node):
    """(echo requests, echo replies) that reached the node, by its kernel's counters."""
    text = lab.node(node).run(["cat", "/proc/net/snmp"]).stdout
    names, values = [line.split() for line in text.splitlines() if line.startswith("Icmp:")]
    counters = dict(zip(names, values))
    return int(counters["InEchos"]), int(counters["InEchoReps"])
