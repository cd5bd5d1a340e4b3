# SPDX-License-Identifier: Apache-2.0
"""A stand-in for Felix on one node: what it writes when pods and nodes come and go, and what it tells of its health.

It runs in the lab's own process. What it is told while it is away or out of touch with the datastore it does later.
"""

from __future__ import annotations

import contextlib
import os
import threading

from calicolab import tunnels, workload_routes
from calicolab.errors import LabError
from calicolab.felix_health import FelixHealth
from calicolab.felix_upkeep import Upkeep


class Felix:
    """`calico`: its version, a calicolab.version.Calico; a node may get another one later."""

    def __init__(self, node, calico):
        self.node = node
        self.calico = calico
        self.tunnels = tunnels.of(node)  # a module; None without
        self.health = FelixHealth(node.namespace, calico.health_table)
        self.acts = False  # it runs, and does not hang
        self.in_sync = True  # with the datastore: it hears of pods that come and go
        self.lock = threading.RLock()  # held whenever something is read or written that follows from what it knows
        self.known = {}  # pod name -> Pod
        self.remotes = {}  # name -> Node, of those to which tunnels have to lead
        self.led_to = {}  # the same, of those to which they do
        self._upkeep = Upkeep(self)

    def start(self):
        self.health.start()
        self.go_on()
        if self.led_to:  # it has run before, and looks at all of what it made then
            self._restore_tunnels()

    def _restore_tunnels(self):
        with self.lock:
            self.tunnels.repair(self.node)
            for other in self.led_to.values():
                if not self.tunnels.leads_to(self.node, other):
                    self.tunnels.add_remote(self.node, other)
            if not self.tunnels.has_own_routes(self.node):
                self.tunnels.add_own_routes(self.node)

    def stop(self):
        """As by SIGKILL: all that it wrote stays, nobody restores what is lost, and its port refuses."""
        self.halt()
        self.health.stop()

    def halt(self):
        """It does nothing until go_on(), but its health port is as it was."""
        self.acts = False
        self._upkeep.stop()

    def go_on(self):
        self.acts = True
        self.catch_up()
        self._upkeep.start()

    def pod_added(self, pod):
        if self.acts and self.in_sync:
            with self.lock:
                self.known[pod.name] = pod
                workload_routes.take_over(self.node.namespace, pod)
                self._add_what_is_not_a_route(pod)

    def pod_deleted(self, pod):
        """Its interface has gone already, and its routes with it."""
        if self.acts and self.in_sync:
            with self.lock:
                if pod.name in self.known:
                    self._forget(pod.name)

    def node_added(self, other):
        """One to which a tunnel leads."""
        self.remotes[other.name] = other
        if self.acts and self.in_sync:
            self._follow_remotes()

    def node_removed(self, other):
        del self.remotes[other.name]
        if self.acts and self.in_sync:
            self._follow_remotes()

    def program(self, pod):
        """The routes of a pod that it knows, in the place of the CNI plugin's, and its file."""
        with self.lock:
            workload_routes.put_right(self.node.namespace, pod)
            self._add_what_is_not_a_route(pod)

    def withdraw(self, pod):
        """What program() has made."""
        with self.lock:
            self.drop_status(pod)
            workload_routes.delete(self.node.namespace, pod.interface)

    def _add_what_is_not_a_route(self, pod):
        if mac := self._known_mac(pod):
            self.node.namespace.ip(*pod.permanent_neighbors(mac))
        if not self.has_right_status(pod):
            self.write_status(pod)

    def catch_up(self):
        """What came, went or was changed while it did not look."""
        with self.lock:
            if self.in_sync:
                self._follow_pods()
                self._follow_remotes()
            for pod in self.known.values():
                self._program_if_there(pod)

    def _program_if_there(self, pod):
        """It may vanish meanwhile; that it did is told next."""
        try:
            if pod.operates():
                self.program(pod)
            else:
                self.drop_status(pod)
        except (LabError, OSError):
            if pod.operates():
                raise

    def _follow_pods(self):
        pods = {pod.name: pod for pod in self.node.pods}
        for name in self.known.keys() - pods.keys():
            self._forget(name)
        self.known.update(pods)
        self._drop_foreign_files()

    def _follow_remotes(self):
        with self.lock:
            for name in self.led_to.keys() - self.remotes.keys():
                self.tunnels.remove_remote(self.node, self.led_to.pop(name))
            for name in self.remotes.keys() - self.led_to.keys():
                self.led_to[name] = self.remotes[name]
                self.tunnels.add_remote(self.node, self.remotes[name])

    def turn_into(self, calico):
        """Another version starts in its place. One that writes no files leaves those of before as they are."""
        self.stop()
        self.calico = calico
        self.health.render = calico.health_table
        for other in self.led_to.values():
            self.tunnels.add_routes(self.node, other)
        self.start()

    def _known_mac(self, pod):
        """Of the pod's own end; None: its datastore does not tell it."""
        return pod.mac() if self.node.options.datastore == "etcd" else None

    # Files.

    @property
    def writes_status(self):
        asked = self.node.options.endpoint_status
        return self.calico.writes_json if asked is None else asked

    @property
    def writes_json(self):
        """Files that tell which interface is whose."""
        return self.writes_status and self.calico.writes_json

    def make_status_folder(self):
        if self.writes_status:
            os.makedirs(self.node.status_dir, exist_ok=True)
            os.chmod(self.node.status_dir, 0o755 if self.calico.writes_json else 0o655)

    def status_path(self, pod):
        return os.path.join(self.node.status_dir, pod.status_file()[0])

    def write_status(self, pod, mac=None):
        """In place, as Felix does. mac: what it would know with etcd as its datastore, if that is another one."""
        if not self.writes_status:
            return
        self.make_status_folder()
        with open(self.status_path(pod), "w") as out:
            if self.calico.writes_json:
                out.write(pod.status_file(mac or self._known_mac(pod))[1])

    def has_right_status(self, pod):
        """Of a marker the name is all that counts: what an older file of that name says stays."""
        if not self.writes_status:
            return True
        try:
            with open(self.status_path(pod)) as text:
                return not self.calico.writes_json or text.read() == pod.status_file(self._known_mac(pod))[1]
        except FileNotFoundError:
            return False

    def drop_status(self, pod):
        if self.writes_status:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.status_path(pod))

    def _drop_foreign_files(self):
        """Those of pods that it does not know."""
        if self.writes_status and os.path.isdir(self.node.status_dir):
            ours = {pod.status_file()[0] for pod in self.known.values()}
            for name in set(os.listdir(self.node.status_dir)) - ours:
                os.unlink(os.path.join(self.node.status_dir, name))

    def _forget(self, name):
        self.drop_status(self.known.pop(name))


def check_runs(felix):
    if not felix.acts:
        raise LabError(f"Felix on {felix.node.name} is away already")
