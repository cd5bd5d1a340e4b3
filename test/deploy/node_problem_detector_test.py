# SPDX-License-Identifier: Apache-2.0
"""deploy/node-problem-detector: the monitor's configuration by node-problem-detector's own rules, and what its program
answers for nodes in each state, as node-problem-detector would take it.

The rules are those of node-problem-detector's pkg/custompluginmonitor, as of version 0.8: types/config.go (Validate),
types/types.go, plugin/plugin.go and custom_plugin_monitor.go. The program itself cannot be had here."""

import json
import os
import re
import shutil
import tempfile
import unittest

from harness.documents import documents
from harness.main import run_tests
from harness.program import CALIWATCH, NAMESPACE, NO_BIRD, built
from harness.tools import ROOT, run

FOLDER = ROOT / "deploy/node-problem-detector"
PROGRAM = FOLDER / "check-calico-network"
NODES = ROOT / "test/recordings/nodes"
SHELLS = ("sh", "dash", "bash")

# What Go's time.ParseDuration takes, in seconds.
UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}


def seconds(duration):
    parts = re.findall(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)", duration)
    if not parts or "".join(map("".join, parts)) != duration:
        raise ValueError(f"{duration!r} is no duration of Go")
    return sum(float(number) * UNITS[unit] for number, unit in parts)


class Stranger(ValueError):
    """A key that node-problem-detector would pass over in silence."""


def only(keys, table):
    if strangers := table.keys() - set(keys):
        raise Stranger(sorted(strangers))
    return table


def complaints_of(monitor, folder):
    """What node-problem-detector would refuse to start for; `folder` has the files of the paths."""
    only(("plugin", "pluginConfig", "source", "metricsReporting", "conditions", "rules"), monitor)
    settings = only(
        (
            "invoke_interval",
            "timeout",
            "max_output_length",
            "concurrency",
            "enable_message_change_based_condition_update",
            "skip_initial_status",
        ),
        monitor["pluginConfig"],
    )
    limit = seconds(settings["timeout"])
    seconds(settings["invoke_interval"])
    if monitor["plugin"] != "custom":
        yield "plugin"
    known = [only(("type", "reason", "message"), condition)["type"] for condition in monitor["conditions"]]
    for rule in monitor["rules"]:
        only(("type", "condition", "reason", "path", "args", "timeout"), rule)
        if seconds(rule["timeout"]) > limit:
            yield "timeout"
        if not (folder / rule["path"].rpartition("/")[2]).exists():
            yield "path"
        if rule["type"] not in ("temporary", "permanent"):
            yield "type"
        if rule["type"] == "permanent" and rule["condition"] not in known:
            yield "condition"


class MonitorTest(unittest.TestCase):
    def setUp(self):
        self.monitor = json.loads((FOLDER / "caliwatch-monitor.json").read_text())

    def test_node_problem_detector_takes_the_configuration(self):
        self.assertEqual(list(complaints_of(self.monitor, FOLDER)), [])

    def test_the_rules_refuse_what_it_would(self):
        for complaint, change in {
            "plugin": lambda monitor: monitor.update(plugin="caliwatch"),
            "timeout": lambda monitor: monitor["rules"][0].update(timeout="1m0.5s"),
            "path": lambda monitor: monitor["rules"][0].update(path="/nonexistent"),
            "condition": lambda monitor: monitor["rules"][1].update(condition="Other"),
            "type": lambda monitor: monitor["rules"][1].update(type="Permanent"),
        }.items():
            self.setUp()
            change(self.monitor)
            self.assertEqual(list(complaints_of(self.monitor, FOLDER)), [complaint])
        self.setUp()
        self.monitor["rules"][0]["timeout"] = "30"
        self.assertRaises(ValueError, lambda: list(complaints_of(self.monitor, FOLDER)))
        self.setUp()
        self.monitor["rules"][0]["conditon"] = "x"
        self.assertRaises(Stranger, lambda: list(complaints_of(self.monitor, FOLDER)))

    def test_conditions_and_reasons_are_names_as_kubernetes_has_them(self):
        named = [row[key] for row in self.monitor["conditions"] for key in ("type", "reason")]
        named += [rule["reason"] for rule in self.monitor["rules"]]
        self.assertEqual(len(named), len(set(named)))
        for name in named:
            self.assertRegex(name, r"^(?:[A-Z][a-z]+)+$")
            self.assertLessEqual(len(name), 128)

    def test_each_condition_has_a_rule_which_is_permanent(self):
        rules = self.monitor["rules"]
        self.assertEqual([row["type"] for row in self.monitor["conditions"]], [rule["condition"] for rule in rules])
        # A temporary one would make an event at each look that cannot judge.
        self.assertEqual({rule["type"] for rule in rules}, {"permanent"})
        # With it, node-problem-detector 0.8 never learns its conditions.
        self.assertNotIn("skip_initial_status", self.monitor["pluginConfig"])

    def test_all_rules_one_after_another_are_over_before_they_begin_again(self):
        settings = self.monitor["pluginConfig"]
        self.assertEqual(settings["concurrency"], 1)
        together = sum(seconds(rule["timeout"]) for rule in self.monitor["rules"])
        self.assertLessEqual(together, seconds(settings["invoke_interval"]))


class ProgramTest(unittest.TestCase):
    """0, 1 and any other exit code are node-problem-detector's OK, NonOK and Unknown; the condition's message is what
    was printed, cut at max_output_length bytes."""

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.environment = {**os.environ, "PATH": f"{os.path.dirname(built())}:{os.environ['PATH']}"}

    def ask(self, severity, *flags, shell="sh", prefix=()):
        done = run(*prefix, shell, str(PROGRAM), severity, *flags, env=self.environment)
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.stdout.count("\n"), 1, done.stdout)
        return done.returncode, done.stdout.strip()

    def replay(self, severity, name, **options):
        return self.ask(severity, "--replay", str(NODES / name), **options)

    def stand_in(self, code, text):
        """A caliwatch that answers so: for states that no recording is in."""
        with open(os.path.join(self.folder, "caliwatch"), "w") as file:
            file.write(f"#!/bin/sh\nprintf '{text}'\nexit {code}\n")
        os.chmod(file.name, 0o700)
        self.environment["PATH"] = f"{self.folder}:{os.environ['PATH']}"

    def test_a_healthy_node_is_ok_in_every_shell(self):
        for shell in SHELLS:
            for severity in ("critical", "any"):
                self.assertEqual(self.replay(severity, "healthy-bird2", shell=shell), (0, "nothing wrong found"))

    def test_a_critical_finding_is_a_problem_by_both_rules(self):
        for shell in SHELLS:
            code, said = self.replay("critical", "wrong-veth", shell=shell)
            self.assertEqual(code, 1)
            self.assertEqual(
                said,
                "critical: workload_route_wrong_interface 192.168.11.1, fd10::11:1",
            )
            self.assertEqual(self.replay("any", "wrong-veth", shell=shell)[0], 1)

    def test_a_warning_is_a_problem_by_one_rule_alone(self):
        self.assertEqual(self.replay("critical", "owner-conflict"), (0, "nothing critical: 1 problem"))
        code, said = self.replay("any", "owner-conflict")
        self.assertEqual(code, 1)
        self.assertTrue(said.startswith("1 problem: route_owner_conflict 192.168.12.0/26, "), said)

    def test_the_line_stays_the_same_as_time_goes_by(self):
        lines = []
        for age in ("for 25 s", "for 3 min 12 s"):
            self.stand_in(1, f"node1: 1 problem\\nWARNING  bgp_peer_down  fd00::12, {age}: refuses\\n")
            lines.append(self.ask("any"))
        self.assertEqual(lines, [(1, "1 problem: bgp_peer_down fd00::12")] * 2)

    def test_what_cannot_be_judged_is_unknown(self):
        os.mkdir(os.path.join(self.folder, "nodename"))
        flags = ["--calico.run-dir", self.folder, "--calico.lib-dir", self.folder]
        for severity in ("critical", "any"):
            code, said = self.ask(severity, *flags, prefix=NAMESPACE)
            self.assertEqual((code, said), (2, "cannot judge, since not everything could be read"))

    def test_a_bird_that_has_just_started_is_unknown_and_no_problem(self):
        self.stand_in(3, "node1: too early to say: BIRD has just started\\n")
        self.assertEqual(self.ask("any"), (2, "too early to say: BIRD has just started"))

    def test_what_could_not_be_read_may_hide_something_critical(self):
        self.stand_in(1, "node1: 1 finding\\nWARNING  bgp_peer_down  10.0.0.1: x\\nUNKNOWN  links  netlink is gone\\n")
        self.assertEqual(self.ask("critical"), (2, "cannot judge: links netlink is gone"))
        self.assertEqual(self.ask("any")[0], 1)

    def test_a_caliwatch_that_is_missing_or_breaks_is_unknown_with_the_reason(self):
        code, said = self.ask("any", "--no-such-flag")
        self.assertEqual(code, 2)
        self.assertRegex(said, "^caliwatch ended with code 64: .*--no-such-flag")
        self.environment["PATH"] = "/usr/bin:/bin"
        code, said = self.ask("any")
        self.assertEqual(code, 2)
        self.assertRegex(said, "^caliwatch ended with code 127: .*caliwatch.*not found")
        self.assertEqual(self.ask("warning")[0], 2)

    def test_it_runs_from_the_files_of_the_image(self):
        root = os.path.join(self.folder, "image")
        collected = run(str(ROOT / "deploy/image/collect-runtime"), CALIWATCH, str(ROOT / "LICENSE"), root)
        self.assertEqual(collected.returncode, 0, collected.stderr)
        self.environment = {"PATH": "/usr/bin:/bin", "CALIWATCH_ROOT": root}
        self.assertEqual(self.replay("any", "healthy-bird2"), (0, "nothing wrong found"))
        self.assertEqual(self.replay("any", "wrong-veth")[0], 1)
        self.assertEqual(self.ask("any", *NO_BIRD, prefix=NAMESPACE)[0], 0)


class DaemonSetTest(unittest.TestCase):
    def setUp(self):
        (patch,) = documents("deploy/node-problem-detector/daemonset-patch.yaml")
        self.pod = patch["spec"]["template"]["spec"]
        (self.container,) = self.pod["containers"]
        (agent,) = [made for made in documents("deploy/kubernetes/daemonset.yaml") if made["kind"] == "DaemonSet"]
        self.agent = agent["spec"]["template"]["spec"]

    def test_it_sees_of_the_node_what_the_agent_sees(self):
        self.assertTrue(self.pod["hostNetwork"])
        (agent,) = self.agent["containers"]
        for ours, theirs in ((self.pod, self.agent), (self.container, agent)):
            key = "volumes" if "volumes" in ours else "volumeMounts"
            self.assertEqual(ours[key], [row for row in theirs[key] if row["name"] != "state"])

    def test_the_monitor_is_where_the_image_has_it(self):
        dockerfile = (FOLDER / "Dockerfile").read_text()
        (copied,) = re.findall(r"(?m)^COPY (?!--)(.*)$", dockerfile)
        *files, folder = copied.split()
        for file in files:
            self.assertTrue((FOLDER / file).exists(), file)
        monitor = json.loads((FOLDER / "caliwatch-monitor.json").read_text())
        paths = {rule["path"] for rule in monitor["rules"]}
        self.assertEqual(paths, {f"{folder}{PROGRAM.name}"})
        self.assertIn(f"--config.custom-plugin-monitor={folder}caliwatch-monitor.json", self.container["command"])
        (root,) = re.findall(r"(?m)^ENV CALIWATCH_ROOT=(\S+)$", dockerfile)
        self.assertIn(f"COPY --from=caliwatch / {root}/\n", dockerfile)


if __name__ == "__main__":
    run_tests(lab=False)
