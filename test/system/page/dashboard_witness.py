# SPDX-License-Identifier: Apache-2.0
"""What birdc and ip say of what the dashboards show."""

import collections
import json

from harness.witness import sessions


def sessions_down(lab, node, family):
    """Addresses of the peers whose protocol is not up and Established, by birdc."""
    protocols = sessions(lab, node, family)
    return {
        _address(name, family)
        for name, (state, info) in protocols.items()
        if (state, info[:11]) != ("up", "Established")
    }


def _address(protocol, family):
    """Of Mesh_10_39_1_14 or Mesh_fd39_1__14."""
    return protocol.partition("_")[2].replace("_", "." if family == "ipv4" else ":")


def neighbors(lab, node):
    """{(kind of interface, state): entries}, by ip."""
    listed = json.loads(lab.node(node).run(["ip", "-json", "neigh", "show", "nud", "all"]).stdout)
    return collections.Counter((_kind(row["dev"]), row["state"][0].lower()) for row in listed)


def _kind(interface):
    return "workload" if interface.startswith("cali") else "host"
