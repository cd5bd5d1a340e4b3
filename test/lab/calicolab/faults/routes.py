# SPDX-License-Identifier: Apache-2.0
"""Faults of the kernel's routes to pods and blocks."""

import ipaddress

from calicolab import addressing, tunnels, vxlan
from calicolab.errors import LabError
from calicolab.faults.registry import fault, needs
from calicolab.faults.upkeep import heard_of_lately, repeatedly, unanswered_gateway
from calicolab.faults.workloads import add_stale
from calicolab.version import NORMAL_PRIORITY

_STALE = 10  # beside the one that is right: eleven neighbors for one address, as in the outage this re-enacts
_FELIX = "proto 80"
_VPN_PRIORITY, _VPN_TABLE = "5270", "52"  # Tailscale's
_LEFT_OVER = "blackhole 10.99.1.0/26 proto bird"
_SERVICES = {"ipv4": "10.43.0.0/16", "ipv6": "fd43::/108"}
_DELETED_EVERY = 3  # seconds; BIRD puts a route back within two
FOREIGN_NETWORKS = {"ipv4": "203.0.113.0/24", "ipv6": "2001:db8:113::/64"}
_WORSE_METRIC = "metric 2048"  # than BIRD's, which reads back as 0 in IPv4 and as 1024 in IPv6


@fault
@needs("pod")
def delete_route(cluster, node="node1"):
    """Delete the routes to a node's first pod."""
    target = cluster.node(node)
    (pod,) = target.pods.first()
    destinations = [f"{address}/{addressing.HOST_LENGTH[family]}" for family, address in pod.addresses.items()]
    with heard_of_lately(target, [pod]):
        target.namespace.ip(*(f"route del {destination}" for destination in destinations))
        yield f"{node} has no route to {', '.join(destinations)}, {pod.name} at {pod.interface}"
    target.pods.lead_back(pod)


@fault
def flush_pod_routes(cluster, node="node1"):
    """Delete the routes to all pods of a node at once, as NetworkManager and systemd-networkd do when restarted."""
    target = cluster.node(node)
    with heard_of_lately(target, list(target.pods)):
        _delete_pod_routes(target, target.families)
        yield f"{node} has no route to any of its pods"
    for pod in target.pods:
        target.pods.lead_back(pod)


@fault
@needs("ipv4", "ipv6")
def no_ipv6_pod_routes(cluster, node="node1"):
    """Delete a node's IPv6 routes to its pods: so it is where Felix was not told to do IPv6."""
    target = cluster.node(node)
    if set(target.families) != {"ipv4", "ipv6"}:
        raise LabError(f"{node} has not both families")
    with heard_of_lately(target, list(target.pods)):
        _delete_pod_routes(target, ["ipv6"])
        yield f"{node} has IPv4 routes to its pods, and none of IPv6"
    for pod in target.pods:
        target.pods.lead_back(pod)


def _delete_pod_routes(node, families):
    destinations = [
        f"{address}/{addressing.HOST_LENGTH[family]}"
        for pod in node.pods for family, address in pod.addresses.items() if family in families
    ]  # fmt: skip
    node.namespace.ip(*(f"route del {destination}" for destination in destinations))


@fault
@needs("pod")
def route_through_pod(cluster, node="node1"):
    """Lead networks beyond the gateway to a node's first pod, as a DHCP client at its interface would."""
    target = cluster.node(node)
    (pod,) = target.pods.first()
    networks = [FOREIGN_NETWORKS[family] for family in target.families]
    target.namespace.ip(*(f"route add {network} dev {pod.interface} metric 512" for network in networks))
    yield f"what {node} sends to {', '.join(networks)} goes to {pod.name}"
    for network in networks:
        flag = "-6" if ":" in network else "-4"
        if target.namespace.run("ip", flag, "route", "show", network):  # unless somebody has mended it
            target.namespace.ip(f"route del {network} dev {pod.interface}")


@fault
@needs("pods")
def wrong_veth(cluster, node="node1"):
    """Lead the routes to a node's first pod to its second one."""
    target = cluster.node(node)
    pod, other = target.pods.first(2)
    target.pods.greet([pod, other])  # probes have just reached both: a machine full of labs forgets neighbors early
    target.namespace.ip(*pod.host_routes(other.interface))
    addresses = ", ".join(pod.addresses.values())
    yield f"{addresses} on {node} leads to {other.interface} ({other.name}) and not to {pod.interface} ({pod.name})"
    target.pods.lead_back(pod)


@fault
@needs("pod", "ipv4")
def cut_off_pod(cluster, node="node1"):
    """Leave ten stale interfaces that claim the IPv4 address of a node's first pod, and lead its route to one."""
    target = cluster.node(node)
    (pod,) = target.pods.first(families=["ipv4"])
    address, mac = pod.addresses["ipv4"], pod.mac()
    stale = add_stale(target, "former", _STALE)
    target.namespace.ip(
        *(f"neigh replace {address} lladdr {each.mac()} dev {each.interface} nud permanent" for each in [*stale, pod]),
        *pod.host_routes(stale[-1].interface, families=["ipv4"]),
    )
    with unanswered_gateway(pod):  # rp_filter: no ARP answer to an address whose route leads elsewhere
        yield (
            f"{address} has {_STALE + 1} permanent neighbors on {node}, its route leads to {stale[-1].interface}"
            f" and not to {pod.interface}, and {pod.name} cannot reach its gateway"
        )
    for each in stale:
        each.delete()
    target.namespace.ip(f"neigh replace {address} lladdr {mac} dev {pod.interface} nud stale")
    target.pods.lead_back(pod)


@fault
def rule_before_main(cluster, node="node1", remote="node2"):
    """Ask a table with a route to another node's blocks before the one that Calico's are in, as VPNs do."""
    target, other = cluster.node(node), cluster.node(remote)
    if target is other:
        raise LabError(f"{node} leads nothing to itself by table main; name another node")
    _ask_table(target, other, "add")
    yield f"{node} sends what is for the pods of {remote} nowhere"
    _ask_table(target, other, "del")


def _ask_table(node, other, do):
    for family in node.families:
        flag, network = "-4" if family == "ipv4" else "-6", around_block(other.blocks(family)[0])
        node.namespace.run("ip", flag, "route", do, network, "dev", "lo", "table", _VPN_TABLE)
        node.namespace.run("ip", flag, "rule", do, "priority", _VPN_PRIORITY, "lookup", _VPN_TABLE)


def around_block(block):
    """The network of four such blocks."""
    return str(ipaddress.ip_network(block).supernet(2))


@fault
@needs("vxlan")
def lose_block_route(cluster, node="node1"):
    """Delete Felix's blackhole routes of a node's own blocks (VXLAN only: BIRD puts its own back within 2 s)."""
    target = cluster.node(node)
    vxlan.check_used_by(target)
    target.namespace.ip(*(f"route del {route}" for route in vxlan.own_routes(target)))
    yield f"{node} has no route of its own block, so packets to absent pods leave it by the default route"
    vxlan.add_own_routes(target)


@fault
@needs("bird", "others")
def owner_conflict(cluster, node="node1"):
    """Add a route of Felix's to another node's blocks beside BIRD's, with another next hop and a worse metric."""
    target = cluster.node(node)
    target.every_bird()
    other = next(iter(cluster.others(target)), None)
    if other is None:
        raise LabError(f"{node} is alone, so it has routes to nobody's block")
    routes = [
        f"{block} via {addressing.host_address(family, addressing.GATEWAY_OCTET)} {_FELIX} {_WORSE_METRIC}"
        for family in target.families for block in other.blocks(family)
    ]  # fmt: skip
    target.namespace.ip(*(f"route add {route}" for route in routes))
    yield f"on {node} the block of {other.name} has a route by BIRD and one by Felix, which leads elsewhere"
    target.namespace.ip(*(f"route del {route}" for route in routes))


@fault
@needs("bird")
def foreign_route(cluster, node="node1", other="node2"):
    """Put another program's static routes to another node's blocks into the place of BIRD's."""
    target, remote = cluster.node(node), _other(cluster, node, other)
    target.every_bird()
    metric = f"metric {NORMAL_PRIORITY}" if target.felix.calico.routes_have_priorities else ""
    routes = [
        f"{block} via {addressing.host_address(family, addressing.GATEWAY_OCTET)} proto static {metric}"
        for family in target.families for block in remote.blocks(family)
    ]  # fmt: skip
    for route in routes:
        target.namespace.ip(f"route replace {route}")
    yield f"{node} sends what is for the pods of {other} to its router, and the kernel refuses BIRD's routes"
    target.namespace.ip(*(f"route del {route}" for route in routes))


@fault
@needs("bird")
def flap_route(cluster, node="node1", other="node2"):
    """Delete the routes to another node's blocks every 3 s; BIRD puts them back each time."""
    target, remote = cluster.node(node), _other(cluster, node, other)
    target.every_bird()
    blocks = [block for family in target.families for block in remote.blocks(family)]
    with repeatedly(lambda: [_delete_if_there(target, block) for block in blocks], _DELETED_EVERY):
        yield f"the routes of {node} to {', '.join(blocks)} come and go"


def _delete_if_there(node, block):
    try:
        node.namespace.ip(f"route del {block} proto bird")
    except LabError:  # BIRD has not put it back yet
        pass


@fault
@needs("bird")
def blackhole_services(cluster, node="node1"):
    """Let the blackholes of the networks of services, which BIRD has to announce them, into a node's kernel."""
    target = cluster.node(node)
    target.every_bird()
    services = [_SERVICES[family] for family in target.families]
    target.told.extend(services)
    cluster.configure(target)
    yield f"{node} drops what it sends to {', '.join(services)}"
    for service in services:
        target.told.remove(service)
    cluster.configure(target)


@fault
def overlap_block(cluster, node="node1", other="node2"):
    """Give a node a bridge, as docker0, whose network lies in another node's block."""
    target, remote = cluster.node(node), _other(cluster, node, other)
    bits = {"ipv4": 28, "ipv6": 124}
    own = [
        f"{addressing.pod_address(family, remote.octet, 33)}/{bits[family]}" for family in target.families
    ]  # fmt: skip
    target.namespace.ip("link add docker0 type bridge", "link set docker0 up",
                        *(f"addr add {address} dev docker0" for address in own))  # fmt: skip
    yield f"{node} has networks of its own, {', '.join(own)}, in the blocks of {other}"
    target.namespace.ip("link del docker0")


@fault
@needs("vxlan")
def leave_bird_routes(cluster, node="node1"):
    """Leave a route of BIRD's on a node that runs without, as a move to VXLAN does."""
    target = cluster.node(node)
    vxlan.check_used_by(target)
    target.namespace.ip(f"route add {_LEFT_OVER}")
    yield f"{node} has a route of a BIRD that does not run there"
    target.namespace.ip(f"route del {_LEFT_OVER}")


@fault
@needs("felix-ipip")
def lose_felix_route(cluster, node="node1", other="node2"):
    """Delete the routes that Felix has made through tunl0 to another node's blocks."""
    target, remote = cluster.node(node), _other(cluster, node, other)
    if not target.felix.calico.felix_leads_ipip:
        raise LabError("before Calico 3.33 BIRD makes the routes through tunl0")
    tunnels.required(target).delete_routes(target, remote)
    yield f"{node} sends what is for the pods of {other} by its default route, until Felix looks at its routes"
    tunnels.of(target).add_routes(target, remote)


def _other(cluster, node, other):
    if node == other:
        raise LabError(f"{node} has no routes to its own pods by way of others; name another node")
    return cluster.node(other)
