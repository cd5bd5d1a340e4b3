#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs on a node of a lab: makes network namespaces with a veth to the node, as a container runtime and the CNI plugin
do, and takes nothing away but the namespace's file. `python3 -m pods.pods_churn TOTAL BATCH LIVES`, which is seconds,
prints how long the kernel took, in seconds, to remove the interfaces of the slowest batch: they go when nobody holds
their namespaces any more."""

import json
import os
import sys
import time
import uuid

from calicolab.netns import Namespace
from calicolab.waiting import eventually

_HERE = Namespace("/proc/self/ns/net")
_GIVE_UP = 30  # seconds


def make(name):
    """Without a default route, so that whoever looks inside finds something to say."""
    namespace = Namespace.create(os.path.join(os.environ["NETNS_DIR"], f"cni-{uuid.uuid4()}"))
    _HERE.ip(f"link add {name} up type veth peer name eth0 netns {namespace.path}")
    namespace.ip("link set eth0 up", "addr add 192.168.200.1/32 dev eth0")
    return namespace


def seconds_until_gone(names):
    begin = time.monotonic()
    if not eventually(lambda: not there(names), _GIVE_UP, every=0.01) and (left := there(names)):
        sys.exit(f"{_GIVE_UP} s after their namespaces were deleted these are still there: {', '.join(sorted(left))}")
    return time.monotonic() - begin


def there(names):
    return names & {row["ifname"] for row in json.loads(_HERE.run("ip", "-json", "link"))}


def delete(namespaces):
    """The seconds until nothing of them is left."""
    for namespace in namespaces.values():
        namespace.delete()
    return seconds_until_gone(set(namespaces))


def main(total, batch, lives):
    slowest, last = 0, {}
    for first in range(0, total, batch):
        names = [f"cali{number:011x}" for number in range(first, min(first + batch, total))]
        made = {name: make(name) for name in names}  # before the last ones go: there are always some to look into
        time.sleep(lives)
        slowest, last = max(slowest, delete(last)), made
    print(max(slowest, delete(last)))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
