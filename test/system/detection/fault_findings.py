# SPDX-License-Identifier: Apache-2.0
"""What agents have to find, and what else they may find, for each fault of the lab: FAULTS[name] is a Rule."""

from detection.bgp_fault_findings import BGP_FAULTS
from detection.pod_fault_findings import POD_FAULTS
from detection.tunnel_fault_findings import TUNNEL_FAULTS

FAULTS = {**POD_FAULTS, **BGP_FAULTS, **TUNNEL_FAULTS}

# The faults of the lab that are in no table above.
NOT_JUDGED = {
    "fill-neighbors": "all labs of the machine share the table; see findings_neighbor_table_test.py",
    **dict.fromkeys(("tunnel-missing", "tunnel-without-address"), "no check looks for a tunnel that ought to be there"),
    "lost-veth": "Felix takes the file away with the interface: what is left looks as after a pod that has ended",
    "confd-dead": "it shows once a node comes, goes or moves: no check names it yet",
    **dict.fromkeys(
        ("felix-not-ready", "felix-not-live", "felix-hung", "felix-dead", "roll-back"), "no check judges Felix itself"
    ),
}


def applying(kind):
    """The names of the faults that a kind of lab can have, in the order of the tables."""
    return [name for name, rule in FAULTS.items() if kind in rule.labs]
