# SPDX-License-Identifier: Apache-2.0
"""All faults. A new module of them is imported here, and named in GROUPS of registry.py for the demo's menu."""

from calicolab.faults import (  # noqa: F401
    bgp,
    felix,
    host,
    node,
    peers,
    pods,
    programming,
    routes,
    sessions,
    tunnels,
    vxlan,
    workloads,
)
from calicolab.faults.registry import FAULTS, GROUPS, describe, grouped, heal, start

__all__ = ["FAULTS", "GROUPS", "describe", "grouped", "heal", "start"]
