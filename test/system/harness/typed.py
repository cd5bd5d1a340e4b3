# SPDX-License-Identifier: Apache-2.0
"""What a finding says to type, typed as printed, by a shell on the machine that it is for.

A lab has no API server. A script stands in for kubectl: it knows the lines that lead to the pod of calico-node on one
node, as kubectl's own manual has them, and refuses all others. What it cannot do, it leaves to the lab: calico-node is
Felix and BIRD there."""

import contextlib
import json
import os
import shlex
import stat
import tempfile
import urllib.request

from calicolab.errors import LabError
from harness.report_schema import misfits

_KUBECTL = """#!/bin/sh
select="-A -l k8s-app=calico-node --field-selector spec.nodeName={node}"
pod="-n calico-system calico-node-x"
case "$*" in
"get pods $select -o jsonpath=-n {{.items[0].metadata.namespace}} {{.items[0].metadata.name}}") echo "$pod" ;;
"delete pods $select") : > {restart} ;;
"exec -c calico-node $pod -- birdcl -s /var/run/calico/bird.ctl "*) shift 10; exec birdc "$@" ;;
"exec -c calico-node $pod -- birdcl -s /var/run/calico/bird6.ctl "*) shift 10; exec birdc6 "$@" ;;
*) echo "the stand-in for kubectl does not know: $*" >&2; exit 1 ;;
esac
"""


class Typist:
    """At one node of a lab with agents. Each pod gets a process, by which its namespace is found, as on a real node."""

    def __init__(self, lab, node):
        self.lab, self.node = lab, node
        (self._row,) = (row for row in lab.status()["nodes"] if row["name"] == node)
        self._folder = tempfile.TemporaryDirectory()
        self._restart = os.path.join(self._folder.name, "restart")
        script = os.path.join(self._folder.name, "kubectl")
        with open(script, "w") as file:
            file.write(_KUBECTL.format(node=node, restart=shlex.quote(self._restart)))
        os.chmod(script, os.stat(script).st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
        os.chmod(self._folder.name, 0o777)
        self._pauses = [lab.node(pod["name"]).start(["sleep", "3600"]) for pod in self._row["pods"]]

    def close(self):
        for pause in self._pauses:
            pause.__exit__(None, None, None)
        self._folder.cleanup()

    def printed(self, check, subject):
        """The lines of a finding that its agent has now, as it serves them: {"line", "changes", "where"}."""
        with urllib.request.urlopen(self._row["agent"]["url"] + "api/v1/report", timeout=10) as answer:
            report = json.load(answer)
        if wrong := misfits(report):
            raise AssertionError(wrong)
        rows = report["findings"]
        return next((row["commands"] for row in rows if (row["check"], row["subject"]) == (check, subject)), [])

    def changing(self, findings):
        """Of several findings (check, subject), the lines for this node that change something, each once."""
        rows = [row for finding in findings for row in self.printed(*finding)]
        return list(dict.fromkeys(row["line"] for row in rows if row["changes"] and not row["where"]))

    def type(self, line):
        self.lab.node(self.node).run(["sh", "-c", f"export PATH={shlex.quote(self._folder.name)}:$PATH\n{line}"])
        if os.path.exists(self._restart):
            os.remove(self._restart)
            self._restart_calico_node()

    def _restart_calico_node(self):
        """A Felix that hangs, or has died, is in no state to be ended: the lab lets it run again."""
        with contextlib.suppress(LabError):
            self.lab.fault("felix-dead", self.node)
        for away in ("felix-dead", "felix-hung"):
            with contextlib.suppress(LabError):
                self.lab.heal(away)
        (row,) = (row for row in self.lab.status()["nodes"] if row["name"] == self.node)
        if any(bird["established"] is None for bird in row["bird"].values()):
            self.lab.start_bird(self.node)
