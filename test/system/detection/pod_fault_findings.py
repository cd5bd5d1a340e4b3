# SPDX-License-Identifier: Apache-2.0
"""What agents find when a pod, its interface, addresses or routes, or a setting of its node is broken."""

from calicolab import addressing
from detection.fault_scene import ALL, WITH_STATUS, Expected, Rule, each_node, findings, pod_of

SILENT_NODE = "the node answers no ARP of a pod that its routes do not lead back to (rp_filter), and the pod has asked"
BY_ANSWERS = "without endpoint-status it is judged by who answers, and IPv6 asks rarely"
ORPHANED = 25  # seconds: the CNI plugin may be that much ahead of Felix, so the check waits for 15


def unreachable(scene, node, families):
    return findings(node, "pod_gateway_unreachable", [scene.gateway_subject(node, family) for family in families])


def route_to_pod(check):
    """The pod's own routes are gone, or lead elsewhere."""

    def expect(scene, node):
        addresses = scene.pod_addresses(node)
        surely = addresses if scene.endpoint_status else addresses[:1]
        may = {
            SILENT_NODE: unreachable(scene, node, scene.families),
            BY_ANSWERS: findings(node, check, addresses[len(surely) :]),
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
    may = {SILENT_NODE: unreachable(scene, node, scene.families)}
    if not scene.endpoint_status:
        return Expected(neighbors, may=may, takes=pod_of(node))
    return Expected(
        findings(node, "duplicate_workload_ip", scene.pod_addresses(node)), neighbors, may=may, takes=pod_of(node)
    )


def stale_veths(scene, node, count):
    stale = [addressing.veth_name(f"gone/{node}-pod{i}") for i in range(1, int(count) + 1)]
    return Expected(findings(node, "orphan_workload_interface", stale), within=ORPHANED)


def no_interface(scene, node):
    """Lost or down; the kernel drops its routes with it."""
    return Expected(
        findings(node, "workload_interface_down", [scene.pod(node)["interface"]]),
        effects=findings(node, "workload_route_missing", scene.pod_addresses(node)),
        may={SILENT_NODE: unreachable(scene, node, scene.families)},
        takes=pod_of(node),
    )


def interface_down(scene, node):
    if scene.endpoint_status:
        return no_interface(scene, node)
    orphan = findings(node, "orphan_workload_interface", [scene.pod(node)["interface"]])
    return Expected(
        orphan, may={SILENT_NODE: unreachable(scene, node, scene.families)}, within=ORPHANED, takes=pod_of(node)
    )


def carrier_lost(scene, node):
    routes = [f"{scene.pod(node)[family]}/{addressing.HOST_LENGTH[family]}" for family in scene.families]
    may = {"the pod's kernel drops its routes with its interface": unreachable(scene, node, scene.families)}
    return Expected(findings(node, "workload_route_linkdown", routes), may=may, takes=pod_of(node))


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


def _two_veths(scene):
    return [(node, "2") for node in scene.nodes]


POD_FAULTS = {
    "duplicate-ip": Rule(ALL, duplicate_ip, each_node),
    "stale-veths": Rule(ALL, stale_veths, _two_veths),
    "lost-veth": Rule(WITH_STATUS, no_interface, each_node),  # without files nothing tells of it
    "interface-down": Rule(ALL, interface_down, each_node),
    "carrier-lost": Rule(ALL, carrier_lost, each_node),
    "wrong-mtu": Rule(ALL, wrong_mtu, each_node),
    "wrong-neighbor-mac": Rule(WITH_STATUS, wrong_neighbor_mac, each_node),
    "take-pod-address": Rule(ALL, take_pod_address, each_node),
    "foreign-pod-address": Rule(ALL, foreign_pod_address, each_node),
    "delete-route": Rule(ALL, route_to_pod("workload_route_missing"), each_node),
    "wrong-veth": Rule(ALL, route_to_pod("workload_route_wrong_interface"), each_node),
    "cut-off-pod": Rule(ALL, cut_off_pod, each_node),
    "proxy-arp-off": Rule(ALL, proxy_arp_off, each_node),
    "no-default-route": Rule(ALL, no_default_route, each_node),
    "no-pod-link-local": Rule(ALL, no_pod_link_local, _with_ipv6),
    "wrong-gateway-mac": Rule(ALL, wrong_gateway_mac, each_node),
    "no-pod-route": Rule(ALL, no_pod_route, each_node),
    "forwarding-off": Rule(ALL, forwarding_off, each_node),
}
