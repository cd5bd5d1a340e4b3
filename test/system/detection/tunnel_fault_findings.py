# SPDX-License-Identifier: Apache-2.0
"""What agents find when a tunnel, or what Felix enters for it, is broken."""

import dataclasses

from calicolab import addressing
from calicolab.faults.routes import around_block
from calicolab.waiting import patience
from detection.fault_scene import ALL, IPIP, Expected, Rule, each_node, each_pair, findings

VXLAN = frozenset({"vxlan"})


def devices(check):
    def expect(scene, node):
        found = findings(node, check, scene.tunnel_devices())
        return Expected(found, takes={f"the tunnels of {node}"})

    return expect


def losing_routes(check):
    """Routes by tunl0 lead to nodes, and one who remembers them knows that they are gone; VXLAN's lead to tunnels.
    BIRD's are refused as well."""

    def expect(scene, node):
        others = scene.others(node) if scene.encap == "ipip" else []
        gateways = [address for each in others for address in scene.addresses(each)]
        blocks = [block for each in others for block in scene.blocks(each)]
        gone = findings(node, "expected_route_missing", gateways) | findings(node, "route_missing_from_kernel", blocks)
        gone |= findings(node, "felix_route_missing", blocks) | findings(node, "route_unreachable", blocks)
        return dataclasses.replace(devices(check)(scene, node), remembered=gone, may=step_by_step(scene, node))

    return expect


def made_anew(check):
    def expect(scene, node):
        return dataclasses.replace(devices(check)(scene, node), may=step_by_step(scene, node))

    return expect


def step_by_step(scene, node):
    """In an emulated machine the lab takes seconds from one step to the next, which elsewhere are over at once: a
    device that is made is down until it is set up, and routes by it come last."""
    if patience(1) == 1:
        return {}
    remotes = [address for each in scene.others(node) for address in scene.tunnel_addresses(each)]
    down = findings(node, "tunnel_device_down", scene.tunnel_devices())
    return {"not all is there again yet": findings(node, "vxlan_route_missing", remotes) | down}


def towards_remote(check):
    def expect(scene, node, remote):
        return Expected(findings(node, check, scene.tunnel_addresses(remote)), takes={f"the tunnels of {node}"})

    return expect


def borrow_tunnel_address(scene, node, remote):
    borrowed = [addressing.pod_address(family, scene.octet(remote), 41) for family in scene.families]
    return Expected(findings(node, "tunnel_address_in_remote_block", borrowed), takes={f"the tunnels of {node}"})


def lose_block_route(scene, node):
    found = findings(node, "local_block_route_missing", scene.tunnel_addresses(node))
    return Expected(found, takes={f"the blocks of {node}", f"the tunnels of {node}"})


def bypass_tunnel(scene, node, remote):
    """Where BIRD leads routes: Felix never leads one past a tunnel by mistake."""
    found = findings(node, "route_without_encapsulation", scene.blocks(remote))
    return Expected(found, takes={f"the tunnels of {node}"})


def clone_vtep_mac(scene, node, remote):
    """The first of both addresses names them."""
    third = next(name for name in scene.others(node) if name != remote)
    first = min((remote, third), key=scene.octet)
    return Expected(findings(node, "vxlan_mac_shared", scene.tunnel_addresses(first)), takes={f"the tunnels of {node}"})


def rule_before_main(scene, node, remote):
    taken = [around_block(block) for block in scene.blocks(remote)]
    return Expected(findings(node, "policy_rule_before_main", taken), takes={f"the rules of {node}"})


TUNNEL_FAULTS = {
    "tunnel-missing": Rule(VXLAN | IPIP, losing_routes("tunnel_device_missing"), each_node),
    "tunnel-without-address": Rule(VXLAN | IPIP, losing_routes("tunnel_address_missing"), each_node),
    "lose-vtep-route": Rule(VXLAN, towards_remote("vxlan_route_missing"), each_pair),
    "clone-vtep-mac": Rule(VXLAN, clone_vtep_mac, each_pair),
    "foreign-tunnel-source": Rule(VXLAN, made_anew("vxlan_source_address_not_local"), each_node),
    "wrong-tunnel-source": Rule(VXLAN, made_anew("vxlan_source_interface_wrong"), each_node),
    "borrow-tunnel-address": Rule(VXLAN, borrow_tunnel_address, each_pair),
    "rule-before-main": Rule(ALL, rule_before_main, each_pair),
    "lose-block-route": Rule(VXLAN, lose_block_route, each_node),
    "wrong-tunnel-mtu": Rule(VXLAN | IPIP, devices("mtu_mismatch"), each_node),
    "tunnel-down": Rule(VXLAN | IPIP, losing_routes("tunnel_device_down"), each_node),
    "bypass-tunnel": Rule(frozenset({"ipip"}), bypass_tunnel, each_pair),
    "lose-vtep-neighbor": Rule(VXLAN, towards_remote("vxlan_neighbor_incomplete"), each_pair),
    "lose-vtep-fdb": Rule(VXLAN, towards_remote("vxlan_fdb_incomplete"), each_pair),
}
