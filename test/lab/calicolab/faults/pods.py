# SPDX-License-Identifier: Apache-2.0
"""Faults inside pods, and of what answers their gateway's address."""

from calicolab import addressing, ping
from calicolab.errors import LabError
from calicolab.faults.registry import fault, needs
from calicolab.faults.upkeep import repeatedly, unanswered_gateway
from calicolab.faults.workloads import WRONG_MAC

_SECOND, _SECOND_ADDRESS = "net1", "172.31.9.2/24"
_GATEWAY = {"ipv4": addressing.POD_GATEWAY, "ipv6": addressing.HOST_SIDE_LINK_LOCAL}


@fault
@needs("pod", "ipv4")
def proxy_arp_off(cluster, node="node1"):
    """Switch proxy ARP off at the interface of a node's first pod, so that nobody answers for its gateway."""
    target = cluster.node(node)
    (pod,) = target.pods.first(families=["ipv4"])
    setting = f"net/ipv4/conf/{pod.interface}/proxy_arp"
    target.namespace.sysctl(setting, 0)
    with unanswered_gateway(pod):
        yield f"{pod.interface} on {node} answers no ARP, and {pod.name} cannot reach its gateway"
    target.namespace.sysctl(setting, 1)
    target.pods.greet([pod])


@fault
@needs("pod", "ipv4")
def no_default_route(cluster, node="node1"):
    """Delete a node's default routes, without which proxy ARP answers no pod."""
    target = cluster.node(node)
    (pod,) = target.pods.first(families=["ipv4"])
    routes = [target.default_route(family) for family in target.families]
    target.namespace.ip(*(f"route del {route}" for route in routes))
    with unanswered_gateway(pod):
        yield f"{node} has no route that covers {addressing.POD_GATEWAY}, and {pod.name} cannot reach its gateway"
    target.namespace.ip(*(f"route replace {route}" for route in routes))
    target.pods.greet([pod])


@fault
@needs("pod")
def wrong_gateway_mac(cluster, node="node1"):
    """Enter a wrong MAC for the gateway in a node's first pod."""
    target = cluster.node(node)
    (pod,) = target.pods.first()
    _enter_gateway(pod, WRONG_MAC, "permanent")
    yield f"{pod.name} sends all it has to {WRONG_MAC}, and {pod.interface} on {node} is {addressing.HOST_SIDE_MAC}"
    _enter_gateway(pod, addressing.HOST_SIDE_MAC, "stale")


def _enter_gateway(pod, mac, state):
    pod.namespace.ip(
        *(f"neigh replace {_GATEWAY[family]} lladdr {mac} dev eth0 nud {state}" for family in pod.addresses)
    )


@fault
@needs("pod")
def no_pod_route(cluster, node="node1"):
    """Delete the default routes inside a node's first pod."""
    target = cluster.node(node)
    (pod,) = target.pods.first()
    flags = ["-4" if family == "ipv4" else "-6" for family in pod.addresses]
    for flag in flags:
        pod.namespace.run("ip", flag, "route", "del", "default")
    yield f"{pod.name} on {node} has no default route"
    pod.namespace.ip(*pod.inside())


@fault
@needs("pod", "ipv4")
def second_network(cluster, node="node1"):
    """Give a node's first pod a second network, with its default route there: so the node's ARP goes unanswered."""
    target = cluster.node(node)
    (pod,) = target.pods.first(families=["ipv4"])
    pod.namespace.ip(
        f"link add {_SECOND} type veth peer name {_SECOND}-peer",
        f"link set {_SECOND}-peer up",
        f"link set {_SECOND} up",
        f"addr add {_SECOND_ADDRESS} dev {_SECOND}",
        f"route replace default dev {_SECOND}",
    )
    for where in ("all", "eth0"):
        pod.namespace.sysctl(f"net/ipv4/conf/{where}/rp_filter", 1)
    address = pod.addresses["ipv4"]
    target.namespace.ip(f"neigh flush to {address} dev {pod.interface}")
    with repeatedly(lambda: _ask(target, address), 2):
        yield f"{pod.name} does not answer when {node} asks for {address} at {pod.interface}"
    pod.namespace.ip(f"link del {_SECOND}")
    pod.namespace.ip(*pod.inside())
    for where in ("all", "eth0"):
        pod.namespace.sysctl(f"net/ipv4/conf/{where}/rp_filter", 0)
    target.pods.greet([pod])


def _ask(node, address):
    """As kubelet's probes do."""
    try:
        ping.unanswered(node.namespace, "ipv4", [address], timeout=0)
    except (LabError, OSError):  # the pod was deleted in the meantime
        pass
