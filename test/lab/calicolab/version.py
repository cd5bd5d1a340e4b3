# SPDX-License-Identifier: Apache-2.0
"""What differs between Calico's versions in what it leaves on a node. Pure."""

from __future__ import annotations

import dataclasses

from calicolab import health_table
from calicolab.errors import LabError

VERSIONS = ("3.28", "3.29", "3.30", "3.31", "3.32", "3.33")
NORMAL_PRIORITY = 1024  # IPv4NormalRoutePriority and IPv6NormalRoutePriority of FelixConfiguration, their default


@dataclasses.dataclass(frozen=True)
class Calico:
    """Read in Calico's source and seen on nodes of 3.29.6, 3.32.1 and of the branch of 3.33."""

    name: str

    def __post_init__(self):
        if self.name not in VERSIONS:
            raise LabError(f"the lab knows Calico {', '.join(VERSIONS)}, not {self.name!r}")

    @property
    def _minor(self):
        return int(self.name.partition(".")[2])

    @property
    def writes_json(self):
        """In endpoint-status, unless told not to. Older ones leave empty files there, where they are told to."""
        return self._minor >= 30

    @property
    def tunnel_routes_have_mtu(self):
        return self._minor >= 31

    @property
    def felix_leads_ipip(self):
        """Routes through tunl0, and blackholes of a pool that uses it, are Felix'. Before they were BIRD's."""
        return self._minor >= 33

    @property
    def bird_may_have_no_blocks(self):
        """Then its configuration has no static routes; before it had a protocol for them that was empty."""
        return self._minor >= 33

    @property
    def routes_have_priorities(self):
        """Felix' and BIRD's routes have metrics: 1024, or less for what is to win. Before they had none."""
        return self._minor >= 32

    @property
    def bird_tells_all(self):
        """`debug` of BGP protocols has routes, filters and events beside states."""
        return self._minor >= 33

    @property
    def health_table(self):
        return health_table.left if self._minor >= 33 else health_table.centred
