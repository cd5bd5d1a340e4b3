# SPDX-License-Identifier: Apache-2.0
"""What a fault has to do again and again while it is in force."""

from __future__ import annotations

import contextlib
import json
import threading

from calicolab import addressing, ping
from calicolab.errors import LabError
from calicolab.waiting import eventually

_USUAL, _LONG = 30_000, 1_200_000  # ms
_FAILED_WITHIN = 8  # seconds; the kernel asks three times, a second apart


@contextlib.contextmanager
def repeatedly(action, seconds):
    """Does it once, then every so many seconds on a thread until the block ends."""
    action()
    ended = threading.Event()

    def repeat():
        while not ended.wait(seconds):
            action()

    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@contextlib.contextmanager
def heard_of_lately(node, pods):
    """The kernel takes pods for reachable, as it does of those that kubelet probes, for as long as the block lasts, and
    not for the 15 to 45 s after which it has doubts."""
    settings = [
        (f"net/{family}/neigh/{pod.interface}/base_reachable_time_ms", pod) for pod in pods for family in pod.addresses
    ]
    for setting, _ in settings:
        node.namespace.sysctl(setting, _LONG)
    node.pods.greet(pods)
    yield
    for setting, pod in settings:
        if pod.reachable():
            node.namespace.sysctl(setting, _USUAL)


@contextlib.contextmanager
def unanswered_gateway(pod):
    """The pod forgets its IPv4 gateway and asks for it, in vain if the caller has seen to that. The kernel may drop a
    FAILED entry at any time, so the pod asks anew whenever it has none."""
    pod.namespace.ip(f"neigh flush to {addressing.POD_GATEWAY} dev eth0")
    with repeatedly(lambda: _ask_for_gateway(pod), 1):
        eventually(lambda: _gateway_states(pod) == [["FAILED"]], _FAILED_WITHIN, every=0.1)
        yield


def _ask_for_gateway(pod):
    try:
        if not _gateway_states(pod):
            ping.unanswered(pod.namespace, "ipv4", [addressing.POD_GATEWAY], timeout=0)
    except (LabError, OSError):  # the pod was deleted in the meantime
        pass


def _gateway_states(pod):
    rows = json.loads(pod.namespace.run("ip", "-json", "neigh", "show", addressing.POD_GATEWAY, "dev", "eth0"))
    return [row["state"] for row in rows]
