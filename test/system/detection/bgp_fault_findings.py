# SPDX-License-Identifier: Apache-2.0
"""What agents find when BIRD, a session or the path of one is broken."""

import dataclasses

from detection.fault_scene import (
    HOLD_TIME,
    WITH_BIRD,
    Expected,
    Rule,
    each_node,
    each_pair,
    findings,
    session,
    sessions_of,
)

BOTH_BIRDS = ("BIRD ipv4", "BIRD ipv6")
SILENCE = 2 * HOLD_TIME + 4  # a silent peer is down after one hold time, and one that reconnects in vain after another
LONGER_THAN_A_RESTART = 40  # seconds
UNTIL_DOWN = "it has fallen silent, and its hold timer still runs"
AFTERWARDS = "its sessions ended meanwhile, and take seconds to come back once it is healed"


def down(scene, nodes, peer):
    return {finding for node in nodes for finding in findings(node, "bgp_peer_down", scene.addresses(peer))}


def kept(scene, nodes, peer):
    """Down, while graceful restart keeps the peer's routes: found once it lasts for longer than a restart."""
    return {f for node in nodes for f in findings(node, "bgp_peer_down_routes_kept", scene.addresses(peer))}


def of_bird(scene, node, check):
    return findings(node, check, [f"BIRD {family}" for family in scene.families])


def silent(scene, nodes, peer):
    return {finding for node in nodes for finding in findings(node, "peer_hold_timer_low", scene.addresses(peer))}


def any_loss(scene, nodes, peer):
    return down(scene, nodes, peer) | kept(scene, nodes, peer)


def one_way(scene, node, peer):
    return findings(node, "peer_path_one_way", scene.addresses(peer))


def own_peers_down(scene, node):
    return {finding for other in scene.others(node) for finding in down(scene, [node], other)}


def restart_bird(scene, node):
    """BIRD is back after a second, and its peers after two to five more."""
    return Expected(
        must=set(),
        may={"the session is down until BIRD has called again": any_loss(scene, scene.others(node), node)},
        takes=sessions_of(scene, node),
    )


def kill_bird(scene, node):
    others = scene.others(node)
    return Expected(
        must=findings(node, "bird_down", BOTH_BIRDS) | kept(scene, others, node),
        may={AFTERWARDS: own_peers_down(scene, node) | any_loss(scene, others, node)},
        within=LONGER_THAN_A_RESTART,
        takes=sessions_of(scene, node) | {f"BIRD of {node}"},
    )


def bird_keeps_dying(scene, node):
    """One steady finding at each peer, whatever a single look would say."""
    others = scene.others(node)
    silent_ones = {
        f for other in others for f in findings(other, "peer_established_without_routes", scene.addresses(node))
    }
    flapping = {f for other in others for f in findings(other, "peer_flapping", scene.addresses(node))}
    return Expected(
        must=findings(node, "bird_restarts_often", BOTH_BIRDS) | flapping,
        remembered=any_loss(scene, others, node) | silent_ones,
        may={AFTERWARDS: own_peers_down(scene, node) | findings(node, "bird_down", BOTH_BIRDS)},
        within=60,
        takes=sessions_of(scene, node) | {f"BIRD of {node}"},
    )


def stop_bird(scene, node):
    others = scene.others(node)
    return Expected(
        must=findings(node, "bird_down", BOTH_BIRDS) | down(scene, others, node),
        may={
            UNTIL_DOWN: silent(scene, others, node),
            AFTERWARDS: own_peers_down(scene, node),
        },
        within=SILENCE,
        takes=sessions_of(scene, node) | {f"BIRD of {node}"},
    )


def crowd_listener(scene, node):
    """Of a family without sessions nobody calls: its BIRD is left alone."""
    stopped = stop_bird(scene, node)
    families = [f"BIRD {family}" for family in scene.families]
    others = findings(node, "bird_down", set(BOTH_BIRDS) - set(families))
    return dataclasses.replace(
        stopped, must=stopped.must - others, effects=findings(node, "bgp_listen_overflow", families)
    )


def cut(scene, source, target):
    """The path from source to target is dead. The node with the greater address dials, the other one waits for it."""
    may = {UNTIL_DOWN: silent(scene, [source], target) | silent(scene, [target], source)}
    if scene.addresses(target) > scene.addresses(source):  # what it dials arrives; the answer does not
        must = one_way(scene, source, target) | down(scene, [target], source)
        may["between two calls no socket shows which way is broken"] = down(scene, [source], target)
    else:
        must = down(scene, [source], target) | down(scene, [target], source)
        may["until the hold timer ends, the peer's packets arrive and acknowledge nothing"] = one_way(
            scene, source, target
        )
    return Expected(must, may=may, within=SILENCE, takes=session(source, target))


def remove_address(scene, node):
    """Of lost IPv6 sessions BIRD no longer tells the source address, and its router ID is an IPv4 address."""
    others = scene.others(node)
    lost = own_peers_down(scene, node)
    lost_ipv6 = {finding for finding in lost if ":" in finding[2]}
    return Expected(
        must=findings(node, "bgp_source_address_not_local", scene.addresses(node)) | down(scene, others, node),
        effects=lost - lost_ipv6,
        remembered=lost_ipv6,
        may={
            UNTIL_DOWN: silent(scene, others, node) | {f for other in others for f in silent(scene, [node], other)},
            "IPv6 goes on sending from an address it has lost, and nobody can answer": {
                finding for other in others for finding in one_way(scene, other, node)
            },
        },
        within=SILENCE,
        takes=sessions_of(scene, node) | {f"the addresses of {node}"},
    )


def kill_node(scene, node):
    """Its own agent is dead, too."""
    others = scene.others(node)
    return Expected(
        must=down(scene, others, node),
        may={UNTIL_DOWN: silent(scene, others, node), AFTERWARDS: own_peers_down(scene, node)},
        within=SILENCE,
    )


def flap_peer(scene, node, peer):
    ends = ((node, peer), (peer, node))
    return Expected(
        must={f for here, there in ends for f in findings(here, "peer_flapping", scene.addresses(there))},
        may={
            "the session is down now and then": {f for here, there in ends for f in down(scene, [here], there)},
            "the routes go and come with the session": {
                f for here, there in ends for f in findings(here, "route_flapping", scene.blocks(there))
            },
        },
        within=40,
    )


def announce_foreign_block(scene, node, owner):
    """All see it, the owner by BIRD's table; the one that announces it falsely holds it for its own."""
    return Expected(
        must=told_twice(scene, owner),
        within=20,
        takes=sessions_of(scene, node) | sessions_of(scene, owner),
    )


def owner_conflict(scene, node):
    other = scene.others(node)[0]
    return Expected(
        must=findings(node, "route_owner_conflict", scene.blocks(other)),
        may={"BIRD learns Felix' route from the kernel, and tells the others of it": told_twice(scene, other)},
        within=10,
        takes=session(node, other),
    )


def told_twice(scene, owner):
    """By every node: that others announce the owner's blocks as well."""
    return {
        finding
        for each in scene.nodes
        for finding in findings(each, "block_announced_by_several_peers", scene.blocks(owner))
    }


def _three(scene):
    return each_pair(scene) if len(scene.nodes) > 2 else []


LINGERS = "the session counts as flapping for five quiet minutes more"
DYING = "it counts as restarting again and again until it has run for ten minutes"
NO_WITNESS = "the node's own agent is dead, and finds nothing else there"
NO_FAULT = "a restart that goes well is nothing to be found"

BGP_FAULTS = {
    "restart-bird": Rule(WITH_BIRD, restart_bird, each_node, alone=NO_FAULT),
    "kill-bird": Rule(WITH_BIRD, kill_bird, each_node),
    "bird-keeps-dying": Rule(WITH_BIRD, bird_keeps_dying, each_node, alone=DYING),
    "stop-bird": Rule(WITH_BIRD, stop_bird, each_node),
    "crowd-listener": Rule(WITH_BIRD, crowd_listener, each_node),
    "cut": Rule(WITH_BIRD, cut, each_pair),
    "remove-address": Rule(WITH_BIRD, remove_address, each_node),
    "kill-node": Rule(WITH_BIRD, kill_node, each_node, alone=NO_WITNESS),
    "flap-peer": Rule(WITH_BIRD, flap_peer, each_pair, alone=LINGERS),
    "announce-foreign-block": Rule(WITH_BIRD, announce_foreign_block, _three),
    "owner-conflict": Rule(WITH_BIRD, owner_conflict, each_node),
}
