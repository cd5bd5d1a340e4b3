# SPDX-License-Identifier: Apache-2.0
"""All that a fault may have changed on node1 of a lab, as ip, bridge, nft and /proc tell it, to compare before and
after."""

import json
import re
import unittest

from calicolab import Lab
from calicolab.waiting import eventually

NODE = "node1"
VETH_1, VETH_2 = "cali20a2ad68006", "califa484282849"  # of default/node1-pod1 and default/node1-pod2
POD = "default/node1-pod1"
_USABLE = {"REACHABLE", "STALE", "DELAY", "PROBE"}
_OF_A_NODE = {
    "routes": "ip -4 route show table all; ip -6 route show table all",
    "addresses": "ip -brief address",
    "forwarding database": "bridge fdb | grep dst",
    "firewall": "nft list ruleset",
    "settings": "grep -rs '' /proc/sys/net/ipv4/conf /proc/sys/net/ipv6/conf",
    "files": "grep -rs '' $CALICO_RUN_DIR/endpoint-status $CALICO_LIB_DIR; ls $NETNS_DIR",
}
_OF_A_POD = {
    "routes": "ip -4 route show table all; ip -6 route show table all | grep -v fe80",
    "addresses": "ip -brief address | grep -o '^eth0\\|[^ ]*/32\\|[^ ]*/128'",
}


def told(lab, where, command):
    """What a shell command prints there, whatever its exit code."""
    return lab.node(where).run(["sh", "-c", command], check=False).stdout


def rows(lab, where, *command):
    """Of `ip -json`, as dicts."""
    return json.loads(lab.node(where).run(["ip", "-json", *command]).stdout or "[]")


def link(lab, where, name):
    (found,) = rows(lab, where, "link", "show", name)
    return found


def neighbors(lab, where, *selection):
    """{(address, device): (state, MAC or None)}"""
    found = rows(lab, where, "neigh", "show", *selection)
    return {(row["dst"], row["dev"]): (row["state"][0], row.get("lladdr")) for row in found}


def route_devices(lab, where, address):
    """Of all routes to exactly this address in the main table."""
    return [row["dev"] for row in rows(lab, where, "-6" if ":" in address else "-4", "route", "show", address)]


def setting(lab, where, name):
    return told(lab, where, f"cat /proc/sys/net/{name}").strip()


def state_of(lab):
    """{what: value}; equal at two times where nothing differs that matters."""
    pods = next(node["pods"] for node in lab.status()["nodes"] if node["name"] == NODE)
    for pod in pods:
        for family in {"ipv4", "ipv6"} & set(pod):
            lab.node(NODE).ping(pod[family])  # unused neighbors may be dropped at any time
    state = {name: _lines(lab, NODE, command) for name, command in _OF_A_NODE.items()}
    state["links"] = _links(lab)
    state["neighbors"] = _usable_neighbors(lab, NODE)
    for pod in pods:
        state.update(
            {f"{name} in {pod['name']}": _lines(lab, pod["name"], command) for name, command in _OF_A_POD.items()}
        )
        gateways = {key: value for key, value in _usable_neighbors(lab, pod["name"]).items() if "10.39" not in key[0]}
        state[f"gateways in {pod['name']}"] = gateways
    return state


def _lines(lab, where, command):
    """Without the index of a veth's other end, which a new one changes."""
    return sorted(re.sub(r"@if\d+", "", line).rstrip() for line in told(lab, where, command).splitlines())


def _links(lab):
    found = rows(lab, NODE, "link")
    return {row["ifname"]: (row["flags"], row["mtu"], row["operstate"], row["address"]) for row in found}


def _usable_neighbors(lab, where):
    """Whether each is permanent. The workloads' MACs are not told: a new veth has a new one."""
    return {
        key: state == "PERMANENT"
        for key, (state, _) in neighbors(lab, where).items()
        if state in _USABLE | {"PERMANENT"} and (where != NODE or (key[1] != "eth0" and not key[0].startswith("fe80")))
    }


class FaultTest(unittest.TestCase):
    """A class's tests share a lab of these options. After each, all is healed, and node1 is as it was."""

    options = {}

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(**cls.options)
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()

    def setUp(self):
        before = state_of(self.lab)
        self.addCleanup(self._heal, before)

    def _heal(self, before):
        self.lab.heal()
        self.lab.wait_for_bgp(timeout=40)
        eventually(lambda: state_of(self.lab) == before)
        after = state_of(self.lab)
        for name in before:
            self.assertEqual(after[name], before[name], name)
