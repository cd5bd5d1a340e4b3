# SPDX-License-Identifier: Apache-2.0
"""What agents find when routes are in each other's place, lead nowhere, or come and go."""

import dataclasses

from detection.bgp_fault_findings import told_twice
from detection.fault_scene import WITH_BIRD, Expected, Rule, each_node, each_pair, findings, session

VXLAN, FELIX_IPIP = frozenset({"vxlan"}), frozenset({"ipip-felix"})
SERVICES = {"ipv4": "10.43.0.0/16", "ipv6": "fd43::/108"}
LINGERS = "the routes count as restless for two quiet minutes more"


def of_blocks(check, within=8):
    def expect(scene, node, other):
        return Expected(findings(node, check, scene.blocks(other)), within=within, takes=session(node, other))

    return expect


def foreign_route(scene, node, other):
    expected = of_blocks("route_missing_from_kernel", within=20)(scene, node, other)
    may = {
        "BIRD learns the other program's route from the kernel, and tells the others of it": told_twice(scene, other)
    }
    return dataclasses.replace(expected, may=may)


def blackhole_services(scene, node):
    services = [SERVICES[family] for family in scene.families]
    return Expected(findings(node, "blackhole_without_block", services), within=12, takes={f"the blocks of {node}"})


def leave_bird_routes(scene, node):
    """A BIRD of IPv4; it is not missed."""
    return Expected(findings(node, "bird_routes_left_over", ["BIRD ipv4"]), takes={f"the blocks of {node}"})


ROUTE_FAULTS = {
    "foreign-route": Rule(WITH_BIRD, foreign_route, each_pair),
    "flap-route": Rule(WITH_BIRD, of_blocks("route_flapping", within=40), each_pair, alone=LINGERS),
    "blackhole-services": Rule(WITH_BIRD, blackhole_services, each_node),
    "overlap-block": Rule(WITH_BIRD, of_blocks("block_overlaps_network", within=20), each_pair),
    "leave-bird-routes": Rule(VXLAN, leave_bird_routes, each_node),
    "lose-felix-route": Rule(FELIX_IPIP, of_blocks("felix_route_missing", within=30), each_pair),
}
