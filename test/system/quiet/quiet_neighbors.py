# SPDX-License-Identifier: Apache-2.0
"""How full the kernel's neighbor tables are. All namespaces of the machine share them, and so do all tests that run."""

import threading
import time

_FULL = 0.8  # of the limit, as the check neighbor_table_full has it
_LATELY = 5  # seconds


class NeighborTable:
    """Follows the kernel's own count, faster than agents poll."""

    def __init__(self):
        self._full_at = None
        threading.Thread(target=self._follow, daemon=True).start()

    def was_full(self):
        """A moment ago: what an agent says now may be of its last poll but one."""
        return self._full_at is not None and time.monotonic() - self._full_at < _LATELY

    def _follow(self):
        while True:
            if any(_entries(name) >= _FULL * _limit(family) for name, family in (("arp", "ipv4"), ("ndisc", "ipv6"))):
                self._full_at = time.monotonic()
            time.sleep(0.05)


def _entries(name):
    with open(f"/proc/net/stat/{name}_cache") as table:
        return int(table.readlines()[1].split()[0], 16)


def _limit(family):
    with open(f"/proc/sys/net/{family}/neigh/default/gc_thresh3") as limit:
        return int(limit.read())
