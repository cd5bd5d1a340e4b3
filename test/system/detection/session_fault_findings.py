# SPDX-License-Identifier: Apache-2.0
"""What agents find of sessions that BIRD's own words tell of: what it was given, what the kernel lets it have."""

from detection.bgp_fault_findings import (
    AFTERWARDS,
    BOTH_BIRDS,
    SILENCE,
    UNTIL_DOWN,
    any_loss,
    down,
    of_bird,
    one_way,
    own_peers_down,
    silent,
)
from detection.fault_scene import WITH_BIRD, Expected, Rule, each_node, each_pair, findings, session, sessions_of

SHAKEN = "it costs sessions that others count on, more than once"
CONFIGURED = "other faults configure nodes anew"
BEGAN_ANEW = "its BIRD began anew without a route, and remembers which there were"


def routes_missing(scene, node):
    return {f for other in scene.others(node) for f in findings(node, "expected_route_missing", scene.addresses(other))}


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


SESSION_FAULTS = {
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
}
