# SPDX-License-Identifier: Apache-2.0
"""Faults of pods as their node sees them: interfaces, addresses and neighbors."""

import contextlib

from calicolab import addressing, ping
from calicolab.errors import LabError
from calicolab.faults.registry import fault, needs
from calicolab.faults.upkeep import repeatedly
from calicolab.pod import Pod

_MOST_STALE = 100
_FOREIGN_INDEX = 9
WRONG_MAC = "02:00:00:00:00:99"


@fault
@needs("pod")
def duplicate_ip(cluster, node="node1"):
    """Start a second pod with the addresses of the node's first one."""
    target = cluster.node(node)
    (victim,) = target.pods.first()
    (twin,) = target.pods.add(name=f"{victim.name}-twin", addresses=victim.addresses)
    addresses = ", ".join(victim.addresses.values())
    with repeatedly(lambda: _speak(target, victim, twin), 2):
        yield f"{addresses} on {node} has neighbors at {victim.interface} and at {twin.interface}"
    target.pods.delete(twin.name)
    target.pods.lead_back(victim)


def _speak(node, *pods):
    """As pods do that have just begun: the kernel forgets a neighbor that is silent, and learns of one from nothing but
    its question for the gateway."""
    for pod in pods:
        for family in pod.addresses:
            try:
                pod.namespace.ip("neigh flush dev eth0")
                ping.unanswered(pod.namespace, family, [node.address(family)], timeout=0)
            except (LabError, OSError):  # the pod was deleted in the meantime
                pass


@fault
def stale_veths(cluster, node="node1", count="3"):
    """Leave cali* interfaces on a node whose pods are gone."""
    if not count.isdecimal() or not 1 <= int(count) <= _MOST_STALE:
        raise LabError(f"COUNT is a number from 1 to {_MOST_STALE}, not {count!r}")
    stale = add_stale(cluster.node(node), "gone", int(count))
    yield f"no pod of {node} has {', '.join(each.interface for each in stale)}"
    for each in stale:
        with contextlib.suppress(OSError):  # somebody has let its namespace go
            each.delete()


def add_stale(node, kind, count):
    """Pods without an address that the node does not count among its own: what is left are their interfaces. Their
    namespaces are not in the runtime's folder."""
    stale = [Pod(f"{kind}/{node.name}-pod{i}", node, {}, netns_dir=node.folder) for i in range(1, count + 1)]
    for each in stale:
        each.create()
        each.plug_in()
    return stale


@fault
@needs("pod")
def lost_veth(cluster, node="node1"):
    """Delete the interface of a node's first pod; the pod stays, and Felix takes its file away, as of one that ends."""
    target = cluster.node(node)
    (pod,) = target.pods.first()
    target.namespace.ip(f"link del {pod.interface}")
    yield f"{pod.name} on {node} has lost {pod.interface} and its own eth0"
    pod.wire()
    _plug_in_again(target, pod)


@fault
@needs("pod")
def interface_down(cluster, node="node1"):
    """Set the node's side of its first pod's interface down."""
    target = cluster.node(node)
    (pod,) = target.pods.first()
    target.namespace.ip(f"link set {pod.interface} down")
    yield f"{pod.interface} on {node} is down, and the routes to {pod.name} went with it"
    _plug_in_again(target, pod)


@fault
@needs("pod")
def carrier_lost(cluster, node="node1"):
    """Set eth0 inside the node's first pod down."""
    target = cluster.node(node)
    (pod,) = target.pods.first()
    pod.namespace.ip("link set eth0 down")
    yield f"{pod.interface} on {node} is up without carrier, and Felix has removed the routes to {pod.name}"
    _plug_in_again(target, pod)


def _plug_in_again(node, pod):
    pod.plug_in()
    node.felix.program(pod)
    node.pods.greet([pod])


@fault
@needs("pod")
def wrong_mtu(cluster, node="node1", mtu="9000"):
    """Give the interface of a node's first pod another MTU than Calico's mtu file says."""
    target = cluster.node(node)
    (pod,) = target.pods.first()
    target.namespace.ip(f"link set {pod.interface} mtu {mtu}")
    yield f"{pod.interface} on {node} has MTU {mtu}, and the file says {target.pod_mtu}"
    target.namespace.ip(f"link set {pod.interface} mtu {target.pod_mtu}")


@fault
@needs("pod", "ipv4", "files")
def wrong_neighbor_mac(cluster, node="node1"):
    """Enter a wrong MAC for a node's first pod for good, as left by its predecessor (Calico with etcd)."""
    target = cluster.node(node)
    (pod,) = target.pods.first(families=["ipv4"])
    if not target.options.writes_status:
        raise LabError("this lab has no endpoint-status files, so nobody knows which MAC is right")
    neighbor = f"neigh replace {pod.addresses['ipv4']} dev {pod.interface}"
    target.namespace.ip(f"{neighbor} lladdr {WRONG_MAC} nud permanent")
    target.felix.write_status(pod, pod.mac())
    address = pod.addresses["ipv4"]
    yield f"the neighbor {address} on {pod.interface} of {node} has {WRONG_MAC}, and {pod.name} has {pod.mac()}"
    target.felix.write_status(pod)
    target.namespace.ip(f"{neighbor} lladdr {pod.mac()} nud stale")


@fault
@needs("pod")
def take_pod_address(cluster, node="node1"):
    """Give a node's lo the addresses of the node's first pod."""
    target = cluster.node(node)
    (pod,) = target.pods.first()
    addresses = [f"{address}/{addressing.HOST_LENGTH[family]} dev lo" for family, address in pod.addresses.items()]
    target.namespace.ip(*(f"addr add {address}" for address in addresses))
    yield f"{', '.join(pod.addresses.values())} belongs to {pod.name} and to lo of {node}"
    target.namespace.ip(*(f"addr del {address}" for address in addresses))
    target.pods.greet([pod])


@fault
def foreign_pod_address(cluster, node="node1"):
    """Start a pod whose addresses are in no block of any node: borrowed or leaked."""
    target = cluster.node(node)
    nobody = max(set(range(200, 255)) - {other.octet for other in cluster.nodes.values()})
    addresses = {family: addressing.pod_address(family, nobody, _FOREIGN_INDEX) for family in target.families}
    (pod,) = target.pods.add(name=f"default/{node}-foreign", addresses=addresses)
    yield f"{pod.name} at {pod.interface} has {', '.join(addresses.values())}"
    target.pods.delete(pod.name)
