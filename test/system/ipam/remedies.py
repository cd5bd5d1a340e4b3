# SPDX-License-Identifier: Apache-2.0
"""Carries out by hand what `caliwatch ipam` prints to type, in a cluster that is data: what kubectl, calicoctl, and the
controllers and the scheduler behind them do to it. Where these have a choice, they take the worst."""

import itertools
import re


class Hands:
    """Every pod belongs to a controller, which makes a deleted one anew under another name."""

    def __init__(self, cluster):
        self._cluster = cluster
        self._cordoned = set()
        self._pending = []
        self._numbers = itertools.count(1)
        self.done = []

    def carry_out(self, commands):
        for command in commands:
            self._one(command)
            self.done.append(command)
            self._schedule()
        if self._pending:
            raise AssertionError(f"pods are left without a node: {self._pending}, after {self.done}")

    def _one(self, command):
        for form, act in (
            (r"kubectl cordon (\S+)", self._cordoned.add),
            (r"kubectl uncordon (\S+)", self._cordoned.discard),
            (r"kubectl delete pod (\S+) -n (\S+)(?: --force --grace-period=0)?", self._delete),
            (r"calicoctl ipam release --ip=(\S+)", self._cluster.ipam.release_address),
            (
                r"crictl stopp \$\(crictl pods -q --namespace (\S+) --name '\^(\S+)\$'\)  # at node (\S+)",
                self._end_earlier,
            ),
        ):
            if found := re.fullmatch(form, command):
                return act(*found.groups())
        raise AssertionError(f"nobody here knows how to type: {command}")

    def _delete(self, name, namespace):
        pod = f"{namespace}/{name}"
        if pod in self._cluster.pods:
            self._cluster.stop_pod(pod)
            self._pending.append(f"{pod}-again{next(self._numbers)}")
        else:
            self._cluster.delete_object(pod)

    def _end_earlier(self, namespace, name, node):
        """What a node still has of an earlier pod goes, and with it all that its handle holds, as it was until 2018."""
        self._cluster.unplug_left(node, f"{namespace}/{name}")
        self._cluster.ipam.release_handle(f"{namespace}.{name}")

    def _schedule(self):
        """Onto the node whose next address somebody has, if there is one."""
        while self._pending and (free := [node for node in self._cluster.kernels if node not in self._cordoned]):
            worst = next((node for node in free if self._cluster.next_address(node) in self._cluster.in_use()), free[0])
            self._cluster.start_pod(self._pending.pop(0), worst)
