# SPDX-License-Identifier: Apache-2.0
"""Healthy clusters of every kind, and what happens in each while nothing must be found."""

import dataclasses
import itertools
import random
import signal
import time
from collections.abc import Callable

_WITHOUT_PODS = {
    "pod_gateway_unreachable": "only with --check.pods",
    "pod_gateway_wrong_mac": "only with --check.pods",
    "workload_neighbor_mac_mismatch": "nobody asked to look into pods",
}
_WITHOUT_PROBES = dict.fromkeys(("node_large_packets_lost", "node_overlay_broken"), "with --probe.nodes alone")
_WITHOUT_KUBECONFIG = {"cni_token_old": "cannot look at"}
_WITHOUT_STATUS = dict.fromkeys(
    ("endpoint_files_stale", "workload_interface_missing", "workload_not_programmed"), "endpoint-status: No such file"
)
_WITHOUT_BLOCKS = dict.fromkeys(("foreign_pod_in_block", "workload_ip_outside_local_blocks"), "no blocks")


def churn(pods_per_second):
    """So many are added, and so many deleted, oldest first, on random nodes."""

    def act(lab, ending):
        alive = [(node["name"], pod["name"]) for node in lab.status()["nodes"] for pod in node["pods"]]
        nodes, chance, begin = sorted({node for node, _ in alive}), random.Random(1), time.monotonic()
        for number in itertools.count(1):
            if ending.wait(max(0, begin + number / pods_per_second - time.monotonic())):
                return number - 1
            lab.delete_pod(*alive.pop(0))
            node = chance.choice(nodes)
            alive.append((node, lab.add_pod(node, f"default/churn{number}")["name"]))

    return act


def roll(every):
    """Restarts all BIRDs twice, node by node, killed and terminated by turns; back after a second, as under runit. Once
    more would be a BIRD that ends again and again."""

    def act(lab, ending):
        nodes = 2 * [row["name"] for row in lab.status()["nodes"]]
        for number, node in enumerate(nodes):
            if ending.wait(every - 1):
                return number
            lab.kill_bird(node, signal.SIGTERM if number % 2 else signal.SIGKILL)
            time.sleep(1)
            lab.start_bird(node)
        return len(nodes)

    return act


@dataclasses.dataclass
class Kind:
    """act(lab, ending): goes on until the event `ending` is set, and returns how many things it did."""

    text: str
    options: dict
    looks_into_pods: bool = False
    unjudged: dict = dataclasses.field(default_factory=dict)  # checks that do not apply: part of the reason they give
    act: Callable = churn(1)
    acts_per_second: float = 1
    acts_for: float = float("inf")  # seconds, after which it has done all there is to do
    rightly: dict = dataclasses.field(default_factory=dict)  # what may be said for 3 s after each act, since it is so
    steadily: frozenset = frozenset()  # checks of what is true of the nodes from then on
    leaving: frozenset = frozenset()  # nodes that leave the cluster, and their agents with them

    def __post_init__(self):
        self.unjudged = {**_WITHOUT_KUBECONFIG, **_WITHOUT_PROBES, **self.unjudged}
        if not self.looks_into_pods:
            self.unjudged = {**_WITHOUT_PODS, **self.unjudged}

    def flags(self):
        """The lab's own wrapper says where the namespaces are."""
        return ["--check.pods"] if self.looks_into_pods else []


def two(**options):
    """Felix restores what is lost, as it does on a node."""
    return {"nodes": 2, "pods": 3, "felix_pace": 1, **options}


def crowd(pods):
    """One family and one node: the kernel's neighbor table is shared by all namespaces, and has a limit."""
    options = {"nodes": 1, "pods": pods, "families": ("ipv4",), "routers": ("Global",)}
    return Kind(
        f"{pods} pods on one node, 5 a second new", options, looks_into_pods=True, act=churn(5), acts_per_second=5
    )


# While a BIRD is away.
OF_A_RESTART = {
    "finding": {"bgp_peer_down", "peer_established_without_routes"},
    "down": {"bird", "bird6"},
    "unjudged": {
        "bgp_peer_down", "bgp_peer_down_routes_kept", "bgp_peers_share_cause", "bgp_source_address_not_local",
        "bgp_without_peers", "bird_configuration_old", "block_announced_by_several_peers", "graceful_restart_blocked",
        "local_workload_peer_down", "node_address_unsteady", "node_address_wrong", "peer_established_without_routes",
        "peer_flapping", "peer_hold_timer_low", "peer_path_one_way", "peer_routes_ignored", "routes_partly_tunnelled",
    },
}  # fmt: skip

KINDS = {
    "dual_stack_bird1": Kind("BIRD 1.6.8", two(nodes=3), looks_into_pods=True),
    "dual_stack_bird2": Kind("BIRD 2.0.12", two(bird="2.0.12")),
    "ipv4_only": Kind("IPv4 alone", two(families=("ipv4",)), looks_into_pods=True),
    "ipv6_only": Kind("IPv6 alone", two(families=("ipv6",)), looks_into_pods=True),
    "an_old_calico": Kind("without endpoint-status", two(endpoint_status=False), unjudged=_WITHOUT_STATUS),
    "vxlan": Kind("VXLAN, no BIRD", two(encap="vxlan"), looks_into_pods=True),
    "vxlan_of_an_old_calico": Kind(
        "VXLAN, IPv4 alone, without endpoint-status",
        two(encap="vxlan", families=("ipv4",), endpoint_status=False),
        unjudged=_WITHOUT_STATUS,
    ),
    "policy_only": Kind("no BIRD, no routes by Calico", two(bird="none", wait=False), unjudged=_WITHOUT_BLOCKS),
    "policy_only_beside_another_cni": Kind(
        "policy only, interfaces as of Amazon's CNI plugin",
        two(bird="none", wait=False, interface_prefix="eni"),
        unjudged=_WITHOUT_BLOCKS,
    ),
    "a_rolling_restart": Kind(
        "each BIRD restarts in turn, one each 10 s",
        two(nodes=3),
        looks_into_pods=True,
        act=roll(10),
        acts_per_second=0.1,
        acts_for=60,
        rightly=OF_A_RESTART,
    ),  # fmt: skip
}
