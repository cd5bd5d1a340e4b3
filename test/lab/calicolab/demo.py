# SPDX-License-Identifier: Apache-2.0
"""`lab demo`: a cluster to look at and to break, with an agent on each node."""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request

from calicolab import arguments as lab_arguments
from calicolab import show
from calicolab.errors import LabError
from calicolab.lab import Lab
from calicolab.prompt import Prompt
from calicolab.waiting import eventually

_READY_WITHIN = 20  # seconds
_HOLD_TIME = 30  # seconds; BIRD's 240 would make a person wait


def add_to(command):
    lab_arguments.add_to(command)
    command.set_defaults(hold_time=_HOLD_TIME)
    command.add_argument("--once", action="store_true", help="end after the first check, with its exit code")


def run(options):
    if not (options.agent and os.access(options.agent, os.X_OK)):
        raise LabError(f"there is no program {options.agent or ''}: build caliwatch and name it with --agent PATH")
    print("A Calico cluster on this machine, in namespaces of its own. Nothing of it stays behind.\n")
    lab = Lab(options.name or "lab", say=show.step, wait=False, **lab_arguments.lab_options(options))
    try:
        lab.start()
        return _Demo(lab).tour(options.once)
    except (EOFError, KeyboardInterrupt):
        return 0
    finally:
        show.step("cleaning up")
        lab.close()


class _Demo:
    def __init__(self, lab):
        self._lab = lab

    def tour(self, once):
        show.step(
            f"hold time {self._lab.options.hold_time} s instead of BIRD's 240 s, so that a silent peer shows sooner"
        )
        show.step("waiting for BGP sessions and routes")
        self._lab.wait_for_bgp()
        show.step("waiting for the agents")
        self._wait_for_agents()
        prompt = Prompt(self._lab)
        code = prompt.check()
        self._say_addresses()
        if once:
            return code
        if sys.stdin.isatty():
            return prompt.run()
        show.step("running until Ctrl-C; break things from a second terminal, see `test/lab/lab --help`")
        self._lab.wait()
        return 0

    def _wait_for_agents(self):
        for node, url in self._urls().items():
            if not eventually(lambda url=url: _answers(f"{url}-/ready"), _READY_WITHIN):
                raise LabError(
                    f"the agent on {node} is not ready after {_READY_WITHIN} s; its last words:\n{self._log(node)}"
                )

    def _log(self, node):
        return self._lab.node(node).run(["sh", "-c", 'tail -n 5 "$CALICO_RUN_DIR/../agent.log"']).stdout

    def _urls(self):
        return {node["name"]: node["agent"]["url"] for node in self._lab.status()["nodes"] if node["agent"]}

    def _say_addresses(self):
        print("\nThe agents, reachable from this machine:")
        for node, url in self._urls().items():
            print(f"  {node}  {url}   {url}metrics")
        print(flush=True)


def _answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
