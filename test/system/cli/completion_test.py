#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `caliwatch completion` prints, in a real bash and a real zsh: by its function, and by the Tab key on a
terminal."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest

from calicolab.waiting import eventually
from harness.main import run_tests
from harness.program import CALIWATCH, caliwatch
from harness.terminal import Terminal

# Keys that write the line under edit into the file "line", in either shell.
TELL = "\x18\x02"
BASHRC = r"""
PS1='ready> '
bind -x '"\C-x\C-b": printf %s "$READLINE_LINE" > "$HOME/line"'
"""
ZSHRC = r"""
PS1='ready> '
unsetopt prompt_cr prompt_sp
tell() { print -rn -- "$BUFFER" > $HOME/line }
zle -N tell
bindkey '^X^B' tell
"""
# Prints each candidate for the last of the words it is given.
CANDIDATES = """
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _caliwatch
((${#COMPREPLY[@]} == 0)) || printf "%s\\n" "${COMPREPLY[@]}"
"""


def commands():
    """By the program's help."""
    return re.findall(r"(?m)^  (\w+)  ", caliwatch("--help").stdout.split("Subcommands:")[1])


def flags(command):
    return re.findall(r"(?m)^  (?:-[hq],)?(--[\w.-]+)", caliwatch(command, "--help").stdout)


def explainable():
    """The names of checks and alerts, as `explain` lists them."""
    return re.findall(r"(?m)^  (\w+)$", caliwatch("explain").stdout)


class CompletionTest(unittest.TestCase):
    """`shell` is its name, `rc` its start file, `interactive` how it is started with it."""

    shell, rc, interactive = None, None, None

    @classmethod
    def setUpClass(cls):
        if not shutil.which(cls.shell):
            raise unittest.SkipTest(f"{cls.shell} is missing; `make deps` installs it")

    def setUp(self):
        self.home = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.home)
        self.script = self.file(f"completion.{self.shell}", caliwatch("completion", self.shell).stdout)
        self.file("ca conf.yaml")
        os.symlink(os.path.abspath(CALIWATCH), os.path.join(self.home, "caliwatch"))
        self.environment = {
            "HOME": self.home,
            "ZDOTDIR": self.home,
            "TERM": "xterm",
            "PATH": f"{self.home}:{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
        }

    def file(self, name, text=""):
        path = os.path.join(self.home, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def run_shell(self, *arguments):
        return subprocess.run(
            [self.shell, *arguments], cwd=self.home, env=self.environment, capture_output=True, text=True, timeout=20
        )

    def on_a_terminal(self, setup):
        self.file(self.rc, f"{setup}\n")
        self.terminal = Terminal()
        self.addCleanup(self.terminal.close)
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), self.terminal.fd)
        shell = subprocess.Popen(
            ["setsid", "--ctty", "--wait", self.shell, *self.interactive],
            cwd=self.home,
            env=self.environment,
            **streams,
        )
        self.terminal.close_theirs()
        self.addCleanup(shell.wait)
        self.addCleanup(shell.kill)
        self.assertTrue(eventually(lambda: "ready> " in self.terminal.shown()), self.terminal.shown())

    def line_after(self, keys):
        """The line under edit once these keys were pressed on an empty one."""
        self.terminal.press(f"\x15{keys}")
        self.terminal.press(TELL)
        line = os.path.join(self.home, "line")
        self.assertTrue(eventually(lambda: os.path.exists(line) and os.path.getsize(line)), self.terminal.shown())
        with open(line) as file:
            text = file.read()
        os.unlink(line)
        return text

    def assert_completed(self, cases):
        for typed, line in cases.items():
            self.assertEqual(self.line_after(f"{typed}\t"), line, typed)


class BashTest(CompletionTest):
    shell, rc, interactive = "bash", ".bashrc", ("-i",)

    def candidates(self, *words):
        done = self.run_shell("--norc", "-c", f'source "{self.script}"; {CANDIDATES}', "bash", "caliwatch", *words)
        self.assertEqual((done.returncode, done.stderr), (0, ""), words)
        return done.stdout.splitlines()

    def test_bash_finds_no_fault_in_the_script(self):
        done = self.run_shell("-n", self.script)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_the_first_word_is_a_command(self):
        self.assertEqual(self.candidates(""), [*commands(), "--help", "--version"])
        self.assertEqual(self.candidates("ch"), ["check"])

    def test_the_flags_of_a_command_are_those_of_its_help(self):
        self.assertGreater(len(commands()), 5)
        for command in commands():
            self.assertEqual(sorted(self.candidates(command, "--")), sorted(flags(command)), command)
            self.assertIn("--help", flags(command))

    def test_the_words_of_a_flag_follow_it_after_a_blank_or_an_equals_sign(self):
        levels = ["debug", "info", "warn", "error"]
        for words, expected in {
            ("check", "--output", ""): ["text", "wide", "short", "json"],
            ("check", "--output", "="): ["text", "wide", "short", "json"],
            ("check", "--output", "=", "j"): ["json"],
            ("agent", "--log.level", ""): levels,
            ("agent", "--log.level", "=", ""): levels,
            ("agent", "--log.level", "=", "w"): ["warn"],
            ("agent", "--check.pods", "--log.f"): ["--log.format"],
            ("completion", ""): ["bash", "zsh"],
        }.items():
            self.assertEqual(self.candidates(*words), expected, words)

    def test_explain_is_followed_by_every_check_and_alert(self):
        self.assertIn("bird_down", explainable())
        self.assertIn("CaliwatchBirdDown", explainable())
        self.assertEqual(sorted(self.candidates("explain", "")), sorted(explainable()))

    def test_no_file_is_offered_where_none_can_stand(self):
        for words in (
            ("agent", "--poll.interval", ""),
            ("agent", "--poll.interval", "=", ""),
            ("check", "--output", "x"),
        ):
            self.assertEqual(self.candidates(*words), [], words)
        self.assertEqual(sorted(self.candidates("check", "")), sorted(flags("check")))

    def test_files_follow_what_takes_one(self):
        for words in (("check", "--config.file", "ca"), ("agent", "--config.file", "=", "ca"), ("record", "ca")):
            self.assertEqual(sorted(self.candidates(*words)), ["ca conf.yaml", "caliwatch"])

    def test_the_tab_key_completes_a_line(self):
        self.on_a_terminal(f"{BASHRC}\nsource <(caliwatch completion bash)")
        self.assert_completed(
            {
                "caliwatch ch": "caliwatch check ",
                "caliwatch check --out": "caliwatch check --output ",
                "caliwatch check --output=j": "caliwatch check --output=json ",
                "caliwatch check --output j": "caliwatch check --output json ",
                "caliwatch explain bird_d": "caliwatch explain bird_down ",
                "caliwatch check --config.file ca\\ c": "caliwatch check --config.file ca\\ conf.yaml ",
                "caliwatch check --config.file=ca\\ c": "caliwatch check --config.file=ca\\ conf.yaml ",
                "caliwatch check --config.file 'ca c": "caliwatch check --config.file 'ca conf.yaml' ",
            }
        )


class ZshTest(CompletionTest):
    shell, rc, interactive = "zsh", ".zshrc", ("-i",)
    cases = {
        "caliwatch ch": "caliwatch check ",
        "caliwatch check --out": "caliwatch check --output=",
        "caliwatch check --output=j": "caliwatch check --output=json ",
        "caliwatch check --output j": "caliwatch check --output json ",
        "caliwatch explain bird_d": "caliwatch explain bird_down ",
        "caliwatch explain CaliwatchAb": "caliwatch explain CaliwatchAbsent ",
        "caliwatch agent --log.level w": "caliwatch agent --log.level warn ",
        "caliwatch completion z": "caliwatch completion zsh ",
        "caliwatch check --config.file=ca\\ c": "caliwatch check --config.file=ca\\ conf.yaml ",
    }

    def test_zsh_finds_no_fault_in_the_script(self):
        done = self.run_shell("-n", self.script)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_the_flags_of_a_command_are_those_of_its_help(self):
        for command in commands():
            stand_ins = 'compdef() { }; _arguments() { print -rl -- "$@" }'
            words = f'words=(caliwatch {command} "") CURRENT=3'
            described = f'{stand_ins}; source "{self.script}"; {words}; _caliwatch'
            done = self.run_shell("-fc", described)
            self.assertEqual(done.stderr, "")
            self.assertEqual(sorted(re.findall(r"(?m)^\*?(--[\w.-]+)", done.stdout)), sorted(flags(command)), command)

    def test_the_tab_key_completes_a_line_once_the_script_is_sourced(self):
        self.on_a_terminal(f"{ZSHRC}\nautoload -Uz compinit; compinit -u -D\nsource <(caliwatch completion zsh)")
        self.assert_completed(self.cases)
        self.assert_completed({f"caliwatch {command} --he": f"caliwatch {command} --help " for command in commands()})

    def test_the_tab_key_completes_a_line_with_the_script_among_the_functions_of_zsh(self):
        self.file("_caliwatch", caliwatch("completion", "zsh").stdout)
        self.on_a_terminal(f"{ZSHRC}\nfpath=($HOME $fpath)\nautoload -Uz compinit; compinit -u -D")
        self.assert_completed(self.cases)


if __name__ == "__main__":
    del CompletionTest
    run_tests(lab=False)
