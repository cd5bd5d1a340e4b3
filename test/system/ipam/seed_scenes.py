# SPDX-License-Identifier: Apache-2.0
"""The outage after an upgrade, in which pods had not gone through a whole deletion: its steps in a cluster that is
data. Each scene begins with a healthy cluster of three nodes with three pods each."""

BLOCKS = {"n1": "10.48.40.128/26", "n2": "10.48.217.0/26", "n3": "10.48.98.0/26"}


def build(cluster):
    for number, (node, block) in enumerate(BLOCKS.items(), 1):
        cluster.add_node(node, f"10.9.0.{10 + number}", block)
        for letter in "abc":
            cluster.start_pod(f"default/pod{number}{letter}", node)


def records_wiped(cluster):
    """Three pods more are made on n1: its first three addresses are given a second time."""
    cluster.ipam.wipe()
    for letter in "xyz":
        cluster.start_pod(f"default/pod1{letter}", "n1")


def reborn_beside_the_old(cluster):
    """A pod of a StatefulSet, whose name is its handle, as Calico's were until 2018: deleted by force and reborn on
    another node, while its first node has yet to take it down."""
    handle = "default.db-0"
    cluster.start_pod("default/db-0", "n1", handle=handle)
    cluster.forget("default/db-0")
    cluster.start_pod("default/db-0", "n2", handle=handle)


def reborn(cluster):
    """The same once its first node has no more of it than the record."""
    handle = "default.db-0"
    cluster.start_pod("default/db-0", "n1", handle=handle)
    cluster.unplug("default/db-0")
    cluster.delete_object("default/db-0")
    cluster.start_pod("default/db-0", "n2", handle=handle)


def never_ends(cluster):
    """Kubelet takes a pod down again and again: its interface has gone, the rest never goes."""
    cluster.ask_to_stop("default/pod2b", grace_seconds=30)
    cluster.unplug("default/pod2b")


def node_removed(cluster):
    cluster.remove_node("n3")


SCENES = {scene.__name__: scene for scene in (records_wiped, reborn_beside_the_old, reborn, never_ends, node_removed)}
