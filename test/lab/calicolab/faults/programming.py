# SPDX-License-Identifier: Apache-2.0
"""What Felix makes of a pod and what it does not: pods that it does not know, or knows too long, or must wait for."""

import os

from calicolab import addressing, workload_routes
from calicolab.errors import LabError
from calicolab.faults.registry import fault, needs
from calicolab.pod import Pod

_UNUSED_INDEX = 40  # of a block's addresses


@fault
def pod_not_programmed(cluster, node="node1"):
    """Start a pod of which a node's Felix hears nothing, though it is ready; the CNI plugin's route has gone again."""
    target = cluster.node(node)
    pod = add_unknown(target)
    workload_routes.delete(target.namespace, pod.interface)
    yield f"{pod.name} on {node} is up at {pod.interface}, and Felix has neither a file nor a route for it"
    target.pods.delete(pod.name)


def add_unknown(node):
    """A new pod, as the CNI plugin leaves it."""
    felix = node.felix
    felix.in_sync = False
    try:
        (pod,) = node.pods.add(name=f"default/{node.name}-unknown")
    finally:
        felix.in_sync = True
    return pod


@fault
@needs("pod")
def complete_pod(cluster, node="node1"):
    """Let a node's first pod complete: Felix takes its routes and its file away; its interface stays for a while."""
    target = cluster.node(node)
    (pod,) = target.pods.first()
    with target.felix.lock:
        target.felix.withdraw(pod)
        target.felix.known.pop(pod.name)
    yield f"{pod.name} on {node} has ended for Felix, and {pod.interface} is still there"
    with target.felix.lock:
        target.felix.known[pod.name] = pod
    target.pods.lead_back(pod)


@fault
@needs("files")
def await_vm(cluster, node="node1", source="node2"):
    """Prepare a node for a virtual machine that is to move here from another one: interface and file, but no route."""
    target, there = cluster.node(node), cluster.node(source)
    if not target.felix.writes_json:
        raise LabError("this lab has no endpoint-status files")
    addresses = {family: addressing.pod_address(family, there.octet, _UNUSED_INDEX) for family in target.families}
    vm = Pod(f"default/{node}-vm", target, addresses)
    vm.create()
    vm.plug_in()
    workload_routes.delete(target.namespace, vm.interface)
    target.felix.write_status(vm)
    yield f"{', '.join(addresses.values())} is still on {source}, and {vm.interface} on {node} waits for it"
    target.felix.drop_status(vm)
    vm.delete()


@fault
@needs("files")
def left_file(cluster, node="node1"):
    """Leave the endpoint-status file of a pod that has ended."""
    target = cluster.node(node)
    if not target.felix.writes_json:
        raise LabError("this lab has no endpoint-status files")
    addresses = {family: addressing.pod_address(family, target.octet, _UNUSED_INDEX) for family in target.families}
    gone = Pod(f"default/{node}-gone", target, addresses)
    target.felix.write_status(gone)
    yield f"the file of {gone.name} on {node} names {gone.interface}, which does not exist"
    if os.path.exists(target.felix.status_path(gone)):  # unless Felix was started anew
        target.felix.drop_status(gone)


@fault
def foreign_container(cluster, node="node1"):
    """Connect a container by another CNI plugin, which gives it addresses of a node's own blocks."""
    target = cluster.node(node)
    addresses = {family: addressing.pod_address(family, target.octet, _UNUSED_INDEX + 1) for family in target.families}
    container = Pod(f"other/{node}-container", target, addresses)
    container.interface = "veth-other"
    container.create()
    container.plug_in()
    yield f"{', '.join(addresses.values())} is at {container.interface} on {node}, and free to be given to a pod"
    container.delete()
