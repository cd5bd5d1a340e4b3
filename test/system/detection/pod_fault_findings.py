# SPDX-License-Identifier: Apache-2.0
"""What agents find when a pod, its interface, addresses or routes, or a setting of its node is broken."""

from calicolab import addressing
from calicolab.faults.routes import FOREIGN_NETWORKS
from detection.fault_scene import ALL, WITH_STATUS, Expected, Rule, each_node, each_pair, findings, pod_of

SILENT_NODE = "the node answers no ARP of a pod that its routes do not lead back to (rp_filter), and the pod has asked"
BY_ANSWERS = "without endpoint-status it is judged by who answers, and IPv6 asks rarely"
PROGRAMMED, LEFT = 25, 75  # seconds: these checks wait for 15, and for 30 or 60
ORPHANED = 25  # seconds: the CNI plugin may be that much ahead of Felix, so the check waits for 15


def unreachable(scene, node, families):
    return findings(node, "pod_gateway_unreachable", [scene.gateway_subject(node, family) for family in families])


def left(scene, node, *others):
    """Without endpoint-status, a pod without a route that has fallen silent may have ended."""
    return findings(
        node, "workload_interface_left", [] if scene.endpoint_status else [scene.pod(node)["interface"], *others]
    )


def route_to_pod(check):
    """The pod's own routes are gone, or lead elsewhere."""

    def expect(scene, node):
        addresses = scene.pod_addresses(node)
        surely = addresses if scene.endpoint_status else addresses[:1]
        may = {
            SILENT_NODE: unreachable(scene, node, scene.families),
            BY_ANSWERS: findings(node, check, addresses[len(surely) :]) | left(scene, node),
        }
        return Expected(findings(node, check, surely), may=may, takes=pod_of(node))

    return expect


def cut_off_pod(scene, node):
    """The last of the stale interfaces has the pod's route, so that without endpoint-status it may be the pod's."""
    address, stale = scene.pod(node)["ipv4"], [addressing.veth_name(f"former/{node}-pod{i}") for i in range(1, 11)]
    orphans = findings(node, "orphan_workload_interface", stale if scene.endpoint_status else stale[:-1])
    duplicate = findings(node, "duplicate_neighbor_ip", [address])
    follows = orphans | unreachable(scene, node, ["ipv4"])
    if not scene.endpoint_status:
        return Expected(duplicate, follows, takes=pod_of(node))
    return Expected(
        findings(node, "workload_route_wrong_interface", [address]), duplicate | follows, takes=pod_of(node)
    )


def duplicate_ip(scene, node):
    neighbors = findings(node, "duplicate_neighbor_ip", scene.pod_addresses(node))
    twin = addressing.veth_name(f"{scene.pod(node)['name']}-twin")
    may = {SILENT_NODE: unreachable(scene, node, scene.families), BY_ANSWERS: left(scene, node, twin)}
    if not scene.endpoint_status:
        return Expected(neighbors, may=may, takes=pod_of(node))
    return Expected(
        findings(node, "duplicate_workload_ip", scene.pod_addresses(node)), neighbors, may=may, takes=pod_of(node)
    )


def stale_veths(scene, node, count):
    stale = [addressing.veth_name(f"gone/{node}-pod{i}") for i in range(1, int(count) + 1)]
    return Expected(findings(node, "orphan_workload_interface", stale), within=ORPHANED)


def interface_down(scene, node):
    """At either end. Felix removes its file and routes at once, so that what tells of these may be seen for a poll."""
    routes = [f"{scene.pod(node)[family]}/{addressing.HOST_LENGTH[family]}" for family in scene.families]
    brief = findings(node, "workload_route_missing", scene.pod_addresses(node))
    brief |= findings(node, "workload_route_linkdown", routes)
    may = {
        SILENT_NODE: unreachable(scene, node, scene.families)
        | findings(node, "pod_gateway_unreachable", nameless(scene, node)),
        "until Felix removes file and routes": brief,
    }
    down = findings(node, "workload_interface_down", [scene.pod(node)["interface"]])
    return Expected(down, may=may, takes=pod_of(node))


def nameless(scene, node):
    """The first pod, as it is called once its file has gone."""
    return [f"{scene.pod(node)[family]} {family}" for family in scene.families]


def flushed(families_of):
    """Of all pods of a node at once."""

    def expect(scene, node):
        families = families_of(scene)
        pods = scene.pods(node)
        silent = [
            f"{pod['name'] if scene.endpoint_status else pod[family]} {family}" for pod in pods for family in families
        ]
        effects = findings(node, "workload_route_missing", [pod[family] for pod in pods for family in families])
        return Expected(
            findings(node, "workload_routes_all_missing", [f"workloads {family}" for family in families]),
            effects,
            may={SILENT_NODE: findings(node, "pod_gateway_unreachable", silent)},
            takes=pod_of(node) | {f"the second pod of {node}"},
        )

    return expect


def route_through_pod(scene, node):
    networks = [FOREIGN_NETWORKS[family] for family in scene.families]
    return Expected(findings(node, "route_through_workload", networks), takes=pod_of(node))


def pod_not_programmed(scene, node):
    interface = addressing.veth_name(f"default/{node}-unknown")
    may = {
        SILENT_NODE: findings(node, "pod_gateway_unreachable", _subjects_behind(scene, node, 3)),
        "who did not see the interface come cannot tell": findings(
            node, "workload_interface_left", [interface]
        ) | findings(node, "orphan_workload_interface", [interface]),
    }  # fmt: skip
    return Expected(findings(node, "workload_not_programmed", [interface]), may=may, within=PROGRAMMED)


def _subjects_behind(scene, node, index):
    """How a pod without a file is called by what is inside it."""
    return [f"{addressing.pod_address(family, scene.octet(node), index)} {family}" for family in scene.families]


def complete_pod(scene, node):
    interface = scene.pod(node)["interface"]
    may = {
        SILENT_NODE: findings(node, "pod_gateway_unreachable", nameless(scene, node)),
        "who did not know the pod before cannot tell": findings(node, "workload_not_programmed", [interface])
        | findings(node, "orphan_workload_interface", [interface]),
    }
    return Expected(findings(node, "workload_interface_left", [interface]), may=may, within=LEFT, takes=pod_of(node))


def foreign_container(scene, node):
    """Its route is there at once; what makes containers is given time to take it away."""
    addresses = [addressing.pod_address(family, scene.octet(node), 41) for family in scene.families]
    return Expected(findings(node, "foreign_pod_in_block", addresses), within=PROGRAMMED)


def await_vm(scene, node, source):
    """It is no fault: at most that the address is another node's is worth knowing."""
    addresses = [addressing.pod_address(family, scene.octet(source), 40) for family in scene.families]
    return Expected(findings(node, "workload_ip_outside_local_blocks", addresses), takes={f"the blocks of {node}"})


def left_file(scene, node):
    gone = addressing.veth_name(f"default/{node}-gone")
    return Expected(findings(node, "workload_interface_missing", [gone]), within=LEFT)


def second_network(scene, node):
    may = {SILENT_NODE: unreachable(scene, node, ["ipv4"])}
    silent = findings(node, "workload_answers_no_arp", [scene.pod(node)["ipv4"]])
    return Expected(silent, may=may, within=40, takes=pod_of(node))


def wrong_mtu(scene, node):
    return Expected(findings(node, "mtu_mismatch", [scene.pod(node)["interface"]]), takes=pod_of(node))


def wrong_neighbor_mac(scene, node):
    return Expected(findings(node, "workload_neighbor_mac_mismatch", [scene.pod(node)["ipv4"]]), takes=pod_of(node))


def take_pod_address(scene, node):
    addresses = scene.pod_addresses(node)
    may = {
        "what is the node's own no longer leads to the pod": findings(node, "workload_route_wrong_interface", addresses)
    }
    return Expected(findings(node, "duplicate_workload_ip", addresses), may=may, takes=pod_of(node))


def foreign_pod_address(scene, node):
    nobody = max(set(range(200, 255)) - {scene.octet(name) for name in scene.nodes})
    addresses = [addressing.pod_address(family, nobody, 9) for family in scene.families]
    return Expected(findings(node, "workload_ip_outside_local_blocks", addresses), takes={f"the blocks of {node}"})


def proxy_arp_off(scene, node):
    off = findings(node, "proxy_arp_disabled", [scene.pod(node)["interface"]])
    return Expected(off, unreachable(scene, node, ["ipv4"]), takes=pod_of(node))


def no_default_route(scene, node):
    """One alarm for all pods of the node, also where nobody looks into them."""
    must = findings(node, "pod_gateway_unanswered", [addressing.POD_GATEWAY])
    return Expected(must, unreachable(scene, node, ["ipv4"]), takes=pod_of(node) | {f"the addresses of {node}"})


def no_pod_link_local(scene, node):
    must = findings(node, "pod_gateway_unanswered", [addressing.HOST_SIDE_LINK_LOCAL])
    return Expected(must, may={"the pod may ask": unreachable(scene, node, ["ipv6"])}, takes=pod_of(node))


def wrong_gateway_mac(scene, node):
    subjects = [scene.gateway_subject(node, family) for family in scene.families]
    return Expected(findings(node, "pod_gateway_wrong_mac", subjects), takes=pod_of(node))


def no_pod_route(scene, node):
    return Expected(unreachable(scene, node, scene.families), takes=pod_of(node))


def forwarding_off(scene, node):
    off = ["all " + family.replace("ipv", "IPv") for family in scene.families]
    may = {"proxy ARP needs forwarding, and a pod may ask": unreachable(scene, node, scene.families)}
    return Expected(findings(node, "forwarding_disabled", off), may=may, takes={f"the forwarding of {node}"})


def _with_ipv6(scene):
    return each_node(scene) if "ipv6" in scene.families else []


def _with_both_families(scene):
    return each_node(scene) if len(scene.families) == 2 else []


def _two_veths(scene):
    return [(node, "2") for node in scene.nodes]


POD_FAULTS = {
    "duplicate-ip": Rule(ALL, duplicate_ip, each_node),
    "stale-veths": Rule(ALL, stale_veths, _two_veths),
    "interface-down": Rule(ALL, interface_down, each_node),
    "carrier-lost": Rule(ALL, interface_down, each_node),
    "wrong-mtu": Rule(ALL, wrong_mtu, each_node),
    "wrong-neighbor-mac": Rule(WITH_STATUS, wrong_neighbor_mac, each_node),
    "take-pod-address": Rule(ALL, take_pod_address, each_node),
    "foreign-pod-address": Rule(ALL, foreign_pod_address, each_node),
    "delete-route": Rule(ALL, route_to_pod("workload_route_missing"), each_node),
    "wrong-veth": Rule(ALL, route_to_pod("workload_route_wrong_interface"), each_node),
    "flush-pod-routes": Rule(ALL, flushed(lambda scene: scene.families), each_node),
    "no-ipv6-pod-routes": Rule(ALL, flushed(lambda _: ["ipv6"]), _with_both_families),
    "route-through-pod": Rule(ALL, route_through_pod, each_node),
    "pod-not-programmed": Rule(WITH_STATUS, pod_not_programmed, each_node),
    "complete-pod": Rule(WITH_STATUS, complete_pod, each_node),
    "await-vm": Rule(WITH_STATUS, await_vm, each_pair),
    "left-file": Rule(WITH_STATUS, left_file, each_node),
    "foreign-container": Rule(ALL, foreign_container, each_node),
    "second-network": Rule(ALL, second_network, each_node),
    "cut-off-pod": Rule(ALL, cut_off_pod, each_node),
    "proxy-arp-off": Rule(ALL, proxy_arp_off, each_node),
    "no-default-route": Rule(ALL, no_default_route, each_node),
    "no-pod-link-local": Rule(ALL, no_pod_link_local, _with_ipv6),
    "wrong-gateway-mac": Rule(ALL, wrong_gateway_mac, each_node),
    "no-pod-route": Rule(ALL, no_pod_route, each_node),
    "forwarding-off": Rule(ALL, forwarding_off, each_node),
}
