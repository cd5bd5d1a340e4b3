# SPDX-License-Identifier: Apache-2.0
"""What agents find when a tunnel, or what Felix enters for it, is broken."""

import dataclasses

from detection.fault_scene import IPIP, Expected, Rule, each_node, each_pair, findings

VXLAN = frozenset({"vxlan"})


def devices(check):
    def expect(scene, node):
        found = findings(node, check, scene.tunnel_devices())
        return Expected(found, takes={f"the tunnels of {node}"})

    return expect


def tunnel_down(scene, node):
    """Routes by tunl0 lead to nodes: BIRD knows of them, and one who remembers them does. VXLAN's lead to tunnels."""
    others = scene.others(node) if scene.encap == "ipip" else []
    blocks = [block for each in others for block in scene.blocks(each)]
    gone = findings(node, "expected_route_missing", [address for each in others for address in scene.addresses(each)])
    gone |= findings(node, "felix_route_missing", blocks) | findings(node, "route_missing_from_kernel", blocks)
    return dataclasses.replace(devices("tunnel_device_down")(scene, node), remembered=gone)


def towards_remote(check):
    def expect(scene, node, remote):
        return Expected(findings(node, check, scene.tunnel_addresses(remote)), takes={f"the tunnels of {node}"})

    return expect


def lose_block_route(scene, node):
    found = findings(node, "local_block_route_missing", scene.tunnel_addresses(node))
    return Expected(found, takes={f"the blocks of {node}", f"the tunnels of {node}"})


def bypass_tunnel(scene, node, remote):
    """Where BIRD leads routes: Felix never leads one past a tunnel by mistake."""
    found = findings(node, "route_without_encapsulation", scene.blocks(remote))
    return Expected(found, takes={f"the tunnels of {node}"})


TUNNEL_FAULTS = {
    "lose-block-route": Rule(VXLAN, lose_block_route, each_node),
    "wrong-tunnel-mtu": Rule(VXLAN | IPIP, devices("mtu_mismatch"), each_node),
    "tunnel-down": Rule(VXLAN | IPIP, tunnel_down, each_node),
    "bypass-tunnel": Rule(frozenset({"ipip"}), bypass_tunnel, each_pair),
    "lose-vtep-neighbor": Rule(VXLAN, towards_remote("vxlan_neighbor_incomplete"), each_pair),
    "lose-vtep-fdb": Rule(VXLAN, towards_remote("vxlan_fdb_incomplete"), each_pair),
}
