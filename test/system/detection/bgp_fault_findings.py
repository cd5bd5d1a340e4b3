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


def routes_missing(scene, node):
    return {f for other in scene.others(node) for f in findings(node, "expected_route_missing", scene.addresses(other))}


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


def port_taken(scene, node):
    return Expected(
        must=of_bird(scene, node, "bgp_peers_share_cause") | down(scene, scene.others(node), node),
        effects=own_peers_down(scene, node),
        may={BEGAN_ANEW: routes_missing(scene, node)},
        within=20,
        takes=sessions_of(scene, node) | {f"BIRD of {node}"},
    )


def passwords_refused(scene, node):
    """The key of one peer fits into the memory, the other ones' do not; and all sessions began anew."""
    return Expected(
        must=of_bird(scene, node, "bgp_peers_share_cause"),
        may={
            "whose key fits is BIRD's choice": own_peers_down(scene, node),
            BEGAN_ANEW: routes_missing(scene, node),
            "all sessions were given a password": {f for a, b in each_pair(scene) for f in any_loss(scene, [a], b)},
        },
        within=30,
        takes={taken for other in scene.nodes for taken in sessions_of(scene, other)},
    )


def second_speaker(scene, node):
    """For the others the session is up, with somebody who has no routes."""
    others = scene.others(node)
    silent_ones = {
        f for other in others for f in findings(other, "peer_established_without_routes", scene.addresses(node))
    }
    return Expected(
        must=own_peers_down(scene, node),
        may={
            AFTERWARDS: any_loss(scene, others, node),
            BEGAN_ANEW: routes_missing(scene, node),
            "the other program announces nothing": silent_ones,
        },
        within=40,
        takes=sessions_of(scene, node) | {f"BIRD of {node}"},
    )


def wrong_as(scene, node):
    others = scene.others(node)
    return Expected(
        must=of_bird(scene, node, "bgp_peers_share_cause") | down(scene, others, node),
        effects=own_peers_down(scene, node),
        within=20,
        takes=sessions_of(scene, node),
    )


def same_router_id(scene, node, other):
    third = [name for name in scene.nodes if name not in (node, other)]
    return Expected(
        must=down(scene, [node], other) | down(scene, [other], node),
        may={
            AFTERWARDS: {f for name in third for f in any_loss(scene, [name], node) | any_loss(scene, [node], name)},
            BEGAN_ANEW: routes_missing(scene, node),
        },
        within=20,
        takes=sessions_of(scene, node) | {f"BIRD of {node}"},
    )


def peer_is_itself(scene, node):
    return Expected(must=down(scene, [node], node), within=20, takes=sessions_of(scene, node))


def old_configuration(scene, node, newcomer):
    """Who calls in vain for half a minute, is told of."""
    return Expected(
        must=of_bird(scene, node, "bird_configuration_old") | down(scene, [newcomer], node),
        within=60,
        takes=session(node, newcomer) | {f"confd of {node}"},
    )


def refused_configuration(scene, node):
    return Expected(must=findings(node, "bird_configuration_old", BOTH_BIRDS), within=15, takes={f"confd of {node}"})


def lone_reflector(scene, node):
    return Expected(
        must=of_bird(scene, node, "bgp_without_peers"),
        within=25,
        takes=sessions_of(scene, node) | {f"confd of {node}"},
    )


def routes_in_a_loop(scene, node, peer):
    others = scene.others(node)
    own = {f for other in others for f in any_loss(scene, [node], other)}
    ignored = lambda check: {f for other in others for f in findings(other, check, scene.addresses(node))}
    return Expected(
        must=ignored("peer_routes_ignored"),
        effects=set(),
        remembered=ignored("peer_established_without_routes"),
        may={
            "between networks of different numbers, nodes pass on what they learned": {
                f for other in others for f in findings(node, "block_announced_by_several_peers", scene.blocks(other))
            },
            AFTERWARDS: any_loss(scene, others, node) | own,
        },
        within=25,
        takes=sessions_of(scene, node),
    )  # fmt: skip


def forbid_bgp(scene, node):
    others = scene.others(node)
    return Expected(
        must=own_peers_down(scene, node) | down(scene, others, node),
        may={
            UNTIL_DOWN: silent(scene, others, node) | {f for other in others for f in silent(scene, [node], other)},
            "calls of others arrive, and the answer does not leave": {
                f for other in others for f in one_way(scene, node, other) | one_way(scene, other, node)
            },
        },
        within=SILENCE,
        takes=sessions_of(scene, node),
    )


def _who_calls(scene):
    """(node, newcomer), where it is the newcomer's part to call."""
    return [(node, other) for node, other in each_pair(scene) if all(
        there > here for here, there in zip(scene.addresses(node), scene.addresses(other))
    )]  # fmt: skip


def _several_others(scene):
    return each_node(scene) if len(scene.nodes) > 2 else []


def _last_first(scene):
    return each_node(scene)[::-1]


def _three(scene):
    return each_pair(scene) if len(scene.nodes) > 2 else []


LINGERS = "the session counts as flapping for five quiet minutes more"
DYING = "it counts as restarting again and again until it has run for ten minutes"
SHAKEN = "it costs sessions that others count on, more than once"
CONFIGURED = "other faults configure nodes anew"
BEGAN_ANEW = "its BIRD began anew without a route, and remembers which there were"
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
    "port-taken": Rule(WITH_BIRD, port_taken, each_node),
    "second-speaker": Rule(frozenset({"bird1", "musl"}), second_speaker, each_node, alone=SHAKEN),
    "passwords-refused": Rule(WITH_BIRD, passwords_refused, _several_others, alone=SHAKEN),
    "wrong-as": Rule(WITH_BIRD, wrong_as, _several_others),
    "same-router-id": Rule(WITH_BIRD, same_router_id, each_pair, alone=SHAKEN),
    "peer-is-itself": Rule(WITH_BIRD, peer_is_itself, each_node),
    "old-configuration": Rule(WITH_BIRD, old_configuration, _who_calls, alone=CONFIGURED),
    "refused-configuration": Rule(WITH_BIRD, refused_configuration, each_node, alone=CONFIGURED),
    "lone-reflector": Rule(WITH_BIRD, lone_reflector, _several_others, alone=SHAKEN),
    "routes-in-a-loop": Rule(WITH_BIRD, routes_in_a_loop, each_pair, alone=SHAKEN),
    "forbid-bgp": Rule(WITH_BIRD, forbid_bgp, _last_first),
    "announce-foreign-block": Rule(WITH_BIRD, announce_foreign_block, _three),
    "owner-conflict": Rule(WITH_BIRD, owner_conflict, each_node),
}
