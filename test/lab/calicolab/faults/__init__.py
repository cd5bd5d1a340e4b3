# SPDX-License-Identifier: Apache-2.0
"""All faults. A new module of them is imported here; their order is that of the demo's menu."""

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
from calicolab.faults.registry import FAULTS, describe, heal, start

__all__ = ["FAULTS", "describe", "heal", "start"]
