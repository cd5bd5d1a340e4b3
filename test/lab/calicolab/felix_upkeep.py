# SPDX-License-Identifier: Apache-2.0
"""What Felix does by itself, without being told of anything: it follows the pods' interfaces, and restores what was
deleted or changed behind its back."""

from __future__ import annotations

import os
import random
import select
import threading
import time

from calicolab import workload_routes
from calicolab.errors import LabError
from calicolab.link_events import LinkEvents

ROUTES, DEVICES, FILES = 90, 10, 10  # seconds from look to look; Felix' RouteRefreshInterval and two fixed ones
_SPREAD = 0.1  # it adds up to so much of the interval
_BACK_AFTER = 1  # second after an interface came up
_GRACE = 10  # seconds; for so long it leaves routes alone that are on an interface it knows no pod of
_OPERATING = 0x40  # IFF_RUNNING


class Upkeep:
    """A thread of its own. What was deleted or changed it restores where the lab's options want it: felix_pace."""

    def __init__(self, felix):
        self._felix = felix
        self._thread = None
        self._wake, self._waker = os.pipe()
        self._ended = threading.Event()
        self._up_again = {}  # interface -> when to write for it
        self._running = {}  # interface -> whether it was, when it changed last
        self._seen = {}  # interface that no known pod has -> when it was first seen

    @property
    def _pace(self):
        return self._felix.node.options.felix_pace

    def start(self):
        if self._thread:
            return
        self._ended.clear()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self):
        if self._thread:
            self._ended.set()
            os.write(self._waker, b"x")
            self._thread.join()
            os.read(self._wake, 1)
            self._thread = None

    def _run(self):
        looks = [(ROUTES, self._restore_routes), (DEVICES, self._restore_devices), (FILES, self._restore_files)]
        due = {look: self._next(interval) for interval, look in looks} if self._pace else {}
        intervals = {look: interval for interval, look in looks}
        with LinkEvents(self._felix.node.namespace) as events:
            while not self._ended.is_set():
                moments = [*due.values(), *self._up_again.values()]
                left = max(0, min(moments, default=time.monotonic() + 60) - time.monotonic())
                ready, _, _ = select.select([events, self._wake], [], [], left)
                if events in ready:
                    self._guarded(lambda: self._follow(events.read()))
                for look in [look for look, at in due.items() if at <= time.monotonic()]:
                    due[look] = self._next(intervals[look])
                    self._guarded(look)
                self._guarded(self._write_for_those_up_again)

    def _next(self, interval):
        return time.monotonic() + self._pace * interval * (1 + random.uniform(0, _SPREAD))

    def _guarded(self, action):
        """A pod or a device may vanish while it is looked at; the next look is right again, as with Felix."""
        with self._felix.lock:
            try:
                if not self._ended.is_set():
                    action()
            except (LabError, OSError):
                pass

    def _pods_by_interface(self):
        return {pod.interface: pod for pod in self._felix.known.values()}

    def _follow(self, changes):
        """Felix keeps file and routes of interfaces that run, and of no others."""
        pods = self._pods_by_interface()
        for name, flags in changes:
            runs, ran = bool(flags & _OPERATING), self._running.get(name, True)
            self._running[name] = runs
            if name not in pods or runs == ran:
                continue
            if runs:
                self._up_again.setdefault(name, time.monotonic() + _BACK_AFTER)
            elif not pods[name].operates():  # what is told may be of before it was known, and over
                self._up_again.pop(name, None)
                self._felix.withdraw(pods[name])

    def _write_for_those_up_again(self):
        pods = self._pods_by_interface()
        for name in [name for name, at in self._up_again.items() if at <= time.monotonic()]:
            del self._up_again[name]
            if name in pods and pods[name].operates():
                self._felix.program(pods[name])

    def _restore_routes(self):
        node, tunnels = self._felix.node, self._felix.tunnels
        for pod in self._felix.known.values():
            if pod.operates():
                workload_routes.put_right(node.namespace, pod)
        self._drop_routes_of_the_unknown()
        for other in self._felix.led_to.values():
            if not tunnels.leads_to(node, other):
                tunnels.add_remote(node, other)
        if tunnels and not tunnels.has_own_routes(node):
            tunnels.add_own_routes(node)

    def _drop_routes_of_the_unknown(self):
        known = self._pods_by_interface()
        unknown = [pod for pod in self._felix.node.pods if pod.interface not in known]
        self._seen = {pod.interface: self._seen.get(pod.interface, time.monotonic()) for pod in unknown}
        for name, since in self._seen.items():
            if time.monotonic() - since >= _GRACE * self._pace:
                workload_routes.delete(self._felix.node.namespace, name)

    def _restore_devices(self):
        node, tunnels = self._felix.node, self._felix.tunnels
        self._drop_routes_of_the_unknown()
        if tunnels and tunnels.repair(node):
            for other in self._felix.led_to.values():
                tunnels.add_remote(node, other)

    def _restore_files(self):
        for pod in self._felix.known.values():
            if pod.operates():
                if not self._felix.has_right_status(pod):
                    self._felix.write_status(pod)
            else:
                self._felix.drop_status(pod)
