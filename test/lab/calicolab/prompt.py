# SPDX-License-Identifier: Apache-2.0
"""The prompt of `lab demo`: what a person types, with history and Tab where the terminal has them."""

from __future__ import annotations

import difflib
import shlex
import subprocess
import sys

from calicolab import faults, show
from calicolab.errors import LabError


class Prompt:
    """Of a lab with agents. Faults are those that this lab can have, as the menu shows and numbers them."""

    def __init__(self, lab):
        self._lab = lab
        self._groups = faults.grouped(lab.options)
        self._faults = [name for names in self._groups.values() for name in names]
        self._usage = faults.describe()
        self._words = {
            "check": (self.check, "[NODE]", "what caliwatch says of a node, node1 unless named"),
            "watch": (self._watch, "[NODE]", "the same, followed, until q"),
            "explain": (self._explain, "[NAME]", "what a check or an alert means and what to do, or which there are"),
            "heal": (self._heal, "[NAME]", "mend a fault, or all"),
            "status": (self._status, "", "nodes, sessions, pods, agents and what is broken"),
            "menu": (self.menu, "", "what can be broken"),
            "help": (self._help, "[NAME]", "this, or what a fault does and takes"),
            "quit": (None, "", "end; so do exit and Ctrl-D"),
        }

    def run(self):
        """Until `quit` or Ctrl-D; returns 0."""
        self._use_readline()
        self.menu()
        print("\nThen: check, heal. `help` lists the rest, `help NAME` says what a fault takes; Tab completes.\n")
        while True:
            try:
                if not self._obey(shlex.split(input("demo> "))):
                    return 0
            except LabError as problem:
                print(problem)
            except ValueError as problem:  # shlex: a quotation mark that is never closed
                print(f"that cannot be read: {problem}")

    def _obey(self, line):
        """False: it is to end."""
        word, *more = line or [""]
        if word in ("quit", "exit"):
            return False
        if word.isdecimal() and 1 <= int(word) <= len(self._faults):
            word = self._faults[int(word) - 1]
        if word in self._words:
            self._words[word][0](*more[:1])
        elif word in self._usage:
            print(self._lab.fault(word, *more))
        elif word:
            print(self._misspelt(word))
        return True

    def _misspelt(self, word):
        if word.isdecimal():
            return f"the menu has numbers from 1 to {len(self._faults)}"
        close = difflib.get_close_matches(word.lower(), [*self._words, *self._faults], 3)
        return f"there is no command and no fault {word!r}" + (
            f"; did you mean {' or '.join(close)}?" if close else "; `help` and `menu` list those there are"
        )

    def check(self, node="node1"):
        print(f"\n$ caliwatch check          (on {node})", flush=True)
        return self._lab.node(node).run_here(["caliwatch", "check"])

    def _watch(self, node="node1"):
        if not sys.stdout.isatty():
            raise LabError("watch needs a terminal")
        with self._lab.node(node).start_here(["caliwatch", "watch"]) as watch:
            try:
                watch.wait()
            except KeyboardInterrupt:  # which reaches us alone: what runs in the lab has no terminal of its own
                watch.stop()

    def _explain(self, *name):
        if name and name[0] in self._usage:
            return self._help(*name)
        sys.stdout.flush()
        subprocess.run([self._lab.options.agent, "explain", *name], check=False)
        return None

    def _heal(self, *name):
        print("healed:", ", ".join(self._lab.heal(*name)) or "nothing was broken")

    def _status(self, *_):
        print(show.status(self._lab.status()))

    def menu(self, *_):
        """Numbered through, so that a number is enough to break something."""
        rows = [(f"  {number}", name, self._usage[name]["text"]) for number, name in enumerate(self._faults, 1)]
        lines = iter(show.table(rows).split("\n") if rows else [])
        print("Break something, by number or by name:")
        for title, names in self._groups.items():
            print(f"\n{title}")
            print("\n".join(next(lines) for _ in names))

    def _help(self, name=None, *_):
        if name is None:
            print(show.table([(f"  {word}", usage, text) for word, (_, usage, text) in self._words.items()]))
            print("  A fault's name or number breaks it. A second terminal can do the same with test/lab/lab.")
        elif name in self._words:
            print(" ".join([name, self._words[name][1]]).strip() + f": {self._words[name][2]}")
        elif name in self._usage:
            print(f"{name} {self._usage[name]['usage']}".strip() + f"\n  {self._usage[name]['text']}")
        else:
            print(self._misspelt(name))

    def _use_readline(self):
        """Arrows bring back what was typed, for as long as the demo runs; nothing of it is kept."""
        try:
            import readline
        except ImportError:  # a Python without it: lines are typed anew
            return
        readline.set_completer_delims(" ")
        readline.set_completer(lambda text, number: self._completion(readline.get_line_buffer(), text, number))
        readline.parse_and_bind("tab: complete")

    def _completion(self, line, text, number):
        """As readline asks: the candidate of that number, or None."""
        found = [word + " " for word in self.candidates(line[: len(line) - len(text)].split()) if word.startswith(text)]
        return found[number] if number < len(found) else None

    def candidates(self, before):
        """What may follow these words."""
        nodes = [node["name"] for node in self._lab.status()["nodes"]]
        if not before:
            return [*self._words, *self._faults]
        if before[0] in ("check", "watch"):
            return nodes if len(before) == 1 else []
        if before[0] == "help":
            return [*self._words, *self._faults] if len(before) == 1 else []
        if before[0] == "heal":
            return sorted({fault.split()[0] for fault in self._lab.status()["faults"]}) if len(before) == 1 else []
        if before[0] == "explain":
            return self._explainable() if len(before) == 1 else []
        return nodes if before[0] in self._usage or before[0].isdecimal() else []

    def _explainable(self):
        """Checks and alerts: in the list of `explain`, the lines that are one word."""
        done = subprocess.run([self._lab.options.agent, "explain"], capture_output=True, text=True, check=False)
        return [line.strip() for line in done.stdout.splitlines() if line.startswith("  ") and " " not in line.strip()]
