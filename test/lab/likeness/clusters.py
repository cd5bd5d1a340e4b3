# SPDX-License-Identifier: Apache-2.0
"""The two clusters that nodes are compared of: that of the recordings of real Calico, and the lab."""

from __future__ import annotations

from likeness.roles import Member, Surroundings

# Of the recordings; their README.md says more.
N1, N2, N3 = (
    Member("10.9.0.11", ("10.48.40.128/26",)),
    Member("10.9.0.12", ("10.48.217.0/26",)),
    Member("10.9.0.13", ("10.48.98.0/26",)),
)
NODE1, NODE2, NODE3 = (Member(f"10.39.1.{octet}", (f"192.168.{octet}.0/26",)) for octet in (11, 12, 13))


def of_calico(own, *others, **more):
    """Where a recorded node is; `more`: fields of Surroundings."""
    return Surroundings(own, others, "10.9.0.0/24", "10.9.0.1", **more)


def of_lab(own, *others, **more):
    return Surroundings(own, others, "10.39.1.0/24", "10.39.1.1", **more)


def with_tunnel(node, address):
    return Member(node.address, node.blocks, address)


def with_blocks(node, *blocks):
    """The node with these as well."""
    return Member(node.address, (*node.blocks, *blocks), node.tunnel)
