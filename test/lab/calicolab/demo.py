# SPDX-License-Identifier: Apache-2.0
"""`lab demo`: a cluster to look at and to break, with an agent on each node."""

from __future__ import annotations

import os
import shlex
import sys
import urllib.error
import urllib.request

from calicolab import arguments as lab_arguments
from calicolab import faults, show
from calicolab.errors import LabError
from calicolab.lab import Lab
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
        code = self._check("node1")
        self._say_addresses()
        if once:
            return code
        if sys.stdin.isatty():
            self._say_menu()
            return self._prompt()
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

    def _check(self, node="node1"):
        print(f"\n$ caliwatch check          (on {node})", flush=True)
        return self._lab.node(node).run_here(["caliwatch", "check"])

    def _say_addresses(self):
        print("\nThe agents, reachable from this machine:")
        for node, url in self._urls().items():
            print(f"  {node}  {url}   {url}metrics")
        print(flush=True)

    def _say_menu(self):
        print("Break something, by number or by name:")
        rows = [
            (f"  {i}", name, fault["usage"], fault["text"])
            for i, (name, fault) in enumerate(faults.describe().items(), 1)
        ]
        print(show.table(rows))
        print(
            "\nThen: check [NODE], heal [NAME], status, menu, quit."
            " A second terminal can do the same with test/lab/lab.\n"
        )

    def _prompt(self):
        words = {
            "check": self._check,
            "heal": lambda *name: print("healed:", ", ".join(self._lab.heal(*name)) or "nothing was broken"),
            "status": lambda *_: print(show.status(self._lab.status())),
            "menu": lambda *_: self._say_menu(),
        }
        while (line := shlex.split(input("demo> "))) not in (["quit"], ["exit"]):
            try:
                if line:
                    self._obey(words, *line)
            except LabError as problem:
                print(problem)
        return 0

    def _obey(self, words, word, *more):
        names = list(faults.FAULTS)
        if word in words:
            words[word](*more[:1])
        elif word.isdigit() and 1 <= int(word) <= len(names):
            print(self._lab.fault(names[int(word) - 1], *more))
        else:
            print(self._lab.fault(word, *more))


def _answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
