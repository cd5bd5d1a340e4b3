# SPDX-License-Identifier: Apache-2.0
"""What agents find when a node's own network is wrong, or what Calico was told about it."""

from detection.bgp_fault_findings import down, silent
from detection.fault_scene import (
    ALL,
    WITH_BIRD,
    Expected,
    Rule,
    each_node,
    each_pair,
    findings,
    session,
    sessions_of,
)

DOCKER0 = "172.17.0.1"
WITHIN = 20  # seconds: a session ends with its hold timer, and a new path MTU shows when BIRD next sends


def of_ipv4(found):
    return {finding for finding in found if ":" not in finding[2]}


def docker0_address(scene, node):
    others = scene.others(node)
    own = {finding for other in others for finding in down(scene, [node], other)}
    at_others = {
        finding
        for other in others for check in ("bgp_peer_down", "peer_path_one_way")
        for finding in findings(other, check, [DOCKER0])
    }  # fmt: skip
    return Expected(
        must=findings(node, "node_address_wrong", [DOCKER0]),
        effects=of_ipv4(own),
        may={
            "others dial it in vain, or hear it dial and cannot answer": at_others,
            "until the other nodes have read their configuration": of_ipv4(silent(scene, others, node)),
            "a new Router ID ends the sessions of IPv6 as well, for seconds": down(scene, others, node) | own,
        },
        within=WITHIN,
        takes=sessions_of(scene, node) | {f"the addresses of {node}"},
    )


def virtual_network(scene, node):
    own = [address for address in scene.addresses(node) if ":" not in address]
    return Expected(findings(node, "node_address_unsteady", own), takes={f"the addresses of {node}"})


def advertisements_ignored(scene, node):
    must = findings(node, "router_advertisements_ignored", ["eth0"])
    return Expected(must, takes={f"the addresses of {node}"})


def small_path(scene, node, peer):
    peers = [address for address in scene.addresses(peer) if ":" not in address]
    taken = session(node, peer) | {f"the addresses of {node}"}  # a new route to the peer has learned nothing
    return Expected(findings(node, "path_mtu_too_small", peers), within=WITHIN, takes=taken)


def old_cni_token(scene, node):
    kubeconfig = findings(node, "cni_token_old", ["this node"])
    return Expected(kubeconfig, takes={f"the blocks of {node}"})  # without any it is another plugin's file


def _with_ipv6(scene):
    return each_node(scene) if "ipv6" in scene.families else []


HOST_FAULTS = {
    "docker0-address": Rule(WITH_BIRD, docker0_address, each_node),
    "virtual-network": Rule(WITH_BIRD, virtual_network, each_node),
    "advertisements-ignored": Rule(ALL, advertisements_ignored, _with_ipv6),
    "small-path": Rule(WITH_BIRD, small_path, each_pair),
    "old-cni-token": Rule(ALL, old_cni_token, each_node),
}
