# SPDX-License-Identifier: Apache-2.0
"""What is wrong in a cluster that is data, counted by who made it: no verdict of the program's comes in."""

import collections
import ipaddress


def records(cluster):
    """{address: (handle, "namespace/name")} of all blocks."""
    found = {}
    for cidr, block in cluster.ipam.blocks().items():
        for ordinal, index in enumerate(block["allocations"]):
            if index is not None:
                held = block["attributes"][index]
                secondary = held["secondary"]
                pod = f"{secondary['namespace']}/{secondary['pod']}"
                found[str(ipaddress.ip_network(cidr)[ordinal])] = (held["handle_id"], pod)
    return found


def wrong(cluster):
    """{(what, address)}; empty: each pod has one address, its own record, and nobody else's."""
    recorded, users = records(cluster), collections.Counter()
    for kernel in cluster.kernels.values():
        users.update(address for address, _ in kernel)
    running = {sandbox.address: (sandbox.handle, name) for name, sandbox in cluster.pods.items()}
    found = {("twice", address) for address, number in users.items() if number > 1}
    found |= {("no record", address) for address in users if address not in recorded}
    found |= {("leaked", address) for address in recorded if address not in users}
    found |= {("of another", a) for a, owner in recorded.items() if a in running and running[a] != owner}
    handles = collections.Counter(handle for handle, _ in recorded.values())
    found |= {("shared handle", address) for address, (handle, _) in recorded.items() if handles[handle] > 1}
    return found
