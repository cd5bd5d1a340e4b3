# SPDX-License-Identifier: Apache-2.0
"""Healthy clusters that are changed as operators change them, or whose routes come from elsewhere than a mesh."""

import itertools
import signal
import threading

from calicolab import addressing
from quiet.quiet_labs import OF_A_RESTART, Kind, churn, two

# An older Calico leaves the endpoint-status files of the newer one as they are, while pods come and go.
STALE = frozenset({"endpoint_files_stale"})
_LEAVING = ("node4", "node5", "node6")
_PAUSE = 3  # seconds, for the cluster to follow


def beside(act, pods_per_second):
    """The same act while pods come and go on the nodes that stay."""

    def both(lab, ending):
        churning = threading.Thread(target=churn(pods_per_second), args=(lab, ending))
        churning.start()
        acts = act(lab, ending)
        churning.join()
        return acts

    return both


def upgrade(version, restarts_bird):
    """Node by node, all get this version, and then the one before again. BIRD restarts with Felix: they are of one
    container."""

    def restart(lab, node):
        if restarts_bird:
            lab.restart_bird(node, signal.SIGTERM)

    def act(lab, ending):
        nodes = [row["name"] for row in lab.status()["nodes"]]
        for number, node in enumerate(nodes):
            lab.fault("roll-back", node, version)
            restart(lab, node)
            if ending.wait(_PAUSE):
                return number + 1
        lab.heal()
        for number, node in enumerate(nodes):
            restart(lab, node)
            if ending.wait(_PAUSE):
                return len(nodes) + number + 1
        return 2 * len(nodes)

    return act


def replace_half(lab, ending):
    """The last nodes are removed, one after another, and others join in their place."""
    octets = itertools.cycle(range(21, 99))
    for number in itertools.count(1):
        for name in _LEAVING:
            lab.remove_node(name)
            if ending.wait(_PAUSE):
                return number
        for name in _LEAVING:
            lab.add_node(name, next(octets))
            if ending.wait(_PAUSE):
                return number


def lose_datastore(lab, ending):
    """No Felix hears of anything for less than a minute: nothing that passes traffic changes."""
    for number in itertools.count(1):
        for row in lab.status()["nodes"]:
            lab.fault("felix-not-ready", row["name"])
        over = ending.wait(4 * _PAUSE)
        lab.heal()
        if over or ending.wait(_PAUSE):
            return number


def borrow(lab, ending):
    """Pods with addresses of the other node's block, as IPAM gives them where a node's own blocks are full."""
    nodes = lab.status()["nodes"]
    octet = {row["name"]: int(row["addresses"]["ipv4"].rpartition(".")[2]) for row in nodes}
    pairs = [("node1", "node2"), ("node2", "node1")]
    alive = []
    for number, (node, owner) in enumerate(itertools.cycle(pairs), 1):
        addresses = {
            family: addressing.pod_address(family, octet[owner], 40 + number % 20) for family in nodes[0]["addresses"]
        }
        alive.append((node, lab.add_pod(node, f"default/borrowed{number}", addresses)["name"]))
        if len(alive) > 4:
            lab.delete_pod(*alive.pop(0))
        if ending.wait(2):
            return number


KINDS = {
    "an_upgrade_and_back": Kind(
        "from 3.29 to 3.33 and back, node by node",
        two(calico="3.29"),
        act=beside(upgrade("3.33", restarts_bird=True), 0.5),
        acts_per_second=0.1,
        acts_for=20,
        steadily=STALE,
        rightly={**OF_A_RESTART, "down": {*OF_A_RESTART["down"], "felix"}},
    ),
    "a_vxlan_upgrade_and_back": Kind(
        "the same where there is no BIRD",
        two(encap="vxlan", calico="3.29"),
        act=beside(upgrade("3.33", restarts_bird=False), 0.5),
        acts_per_second=0.1,
        acts_for=20,
        steadily=STALE,
        rightly={"down": {"felix"}},
    ),
    "half_the_nodes_replaced": Kind(
        "nodes leave and others join", two(nodes=6, pods=1), act=replace_half, acts_per_second=0.03,
        leaving=frozenset(_LEAVING),
    ),
    "half_the_vxlan_nodes_replaced": Kind(
        "the same where there is no BIRD", two(nodes=6, pods=1, encap="vxlan"), act=replace_half,
        acts_per_second=0.03, leaving=frozenset(_LEAVING),
    ),
    "a_datastore_away": Kind(
        "no Felix hears of anything, for 12 s each time", two(), act=lose_datastore, acts_per_second=0.05,
    ),
    "reflectors": Kind("a route reflector, no mesh", two(nodes=3, reflectors=1)),
    "service_addresses": Kind(
        "every node announces the services' ranges", two(nodes=3, services=("10.96.0.0/12", "203.0.113.0/24")),
    ),
    "borrowed_addresses": Kind(
        "pods with addresses of the other node's blocks", two(), looks_into_pods=True, act=borrow, acts_per_second=0.4
    ),
}  # fmt: skip

# Where the kernel has IPIP; test/kernels/guest runs kernels that do.
IPIP_KINDS = {
    "ipip": Kind("IPIP, led by BIRD", two(encap="ipip", bird="2.0.12", families=("ipv4",)), looks_into_pods=True),
    "ipip_of_felix": Kind("IPIP, led by Felix", two(encap="ipip", calico="3.33", families=("ipv4",))),
}
