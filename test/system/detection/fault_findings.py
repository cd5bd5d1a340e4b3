# SPDX-License-Identifier: Apache-2.0
"""What agents have to find, and what else they may find, for each fault of the lab: FAULTS[name] is a Rule."""

from detection.bgp_fault_findings import BGP_FAULTS
from detection.felix_fault_findings import FELIX_FAULTS
from detection.host_fault_findings import HOST_FAULTS
from detection.pod_fault_findings import POD_FAULTS
from detection.route_fault_findings import ROUTE_FAULTS
from detection.session_fault_findings import SESSION_FAULTS
from detection.tunnel_fault_findings import TUNNEL_FAULTS

FAULTS = {**POD_FAULTS, **BGP_FAULTS, **SESSION_FAULTS, **HOST_FAULTS, **ROUTE_FAULTS, **TUNNEL_FAULTS, **FELIX_FAULTS}

# The faults of the lab that are in no table above.
NOT_JUDGED = {
    "fill-neighbors": "all labs of the machine share the table; see findings_neighbor_table_test.py",
    "silence-tunnel": "it takes minutes to tell; see tunnels_long_test.py",
    "announce-own-address": "its sessions end with each hold time, which is short here; routes_test.py has it",
    "lost-veth": "Felix takes the file away with the interface: what is left looks as after a pod that has ended",
    "confd-dead": "it shows once a node comes, goes or moves: old-configuration is one that did not see a node come",
    "roll-back": "nothing is wrong until a pod comes or goes: stale-files",
}


def applying(kind):
    """The names of the faults that a kind of lab can have, in the order of the tables."""
    return [name for name, rule in FAULTS.items() if kind in rule.labs]
