# SPDX-License-Identifier: Apache-2.0
"""deploy/kubectl-caliwatch: what it asks of kubectl, and what it makes of the answers.

kubectl is a stand-in here, which refuses and hangs as it is told; kubectl_caliwatch_kube_test.py has the real one. The
stand-in writes down how it was called, lists pods in the form that was asked for, and for `exec` runs the real
caliwatch on recordings of nodes. Where kubectl would print something of its own, it prints what kubectl 1.32 does.
"""

import json
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
import unittest

from calicolab.waiting import eventually
from harness.main import run_tests
from harness.program import CALIWATCH, NO_BIRD, built, caliwatch
from harness.terminal import watched
from harness.tools import ROOT, run

PLUGIN = ROOT / "deploy/kubectl-caliwatch"
NODES = ROOT / "test/recordings/nodes"
SHELLS = ("sh", "dash", "bash")

STAND_IN = """#!/usr/bin/python3
import json, os, subprocess, sys, time
scene = json.load(open(os.environ["SCENE"]))
words = sys.argv[1:]
with open(os.environ["SCENE"] + ".calls", "a") as calls:
    calls.write(json.dumps(words) + "\\n")
def value(flag):
    return words[words.index(flag) + 1] if flag in words else None
def refuse(text, code=1):
    print(text, file=sys.stderr)
    sys.exit(code)
if value("--context"):
    del words[:2]
if words[:2] == ["get", "nodes"]:
    if scene.get("nodes") is None:
        refuse('Error from server (Forbidden): nodes is forbidden: User "eve" cannot list resource "nodes"')
    print("".join(f"node/{name}\\n" for name in scene["nodes"]), end="")
elif words[:2] == ["get", "pods"]:
    if scene["pods"] is None:
        refuse('Error from server (Forbidden): pods is forbidden: User "eve" cannot list resource "pods"')
    if value("--namespace") == "caliwatch" and value("--selector") == "app.kubernetes.io/name=caliwatch":
        assert ".spec.nodeName" in value("--output"), words
        for pod in scene["pods"]:
            told = {"phase": "Running", "ends": "", "args": "", **pod}
            print("|".join(told[key] for key in ("node", "name", "phase", "ends", "args")))
else:
    (pod,) = [pod for pod in scene["pods"] if pod["name"] in words]
    assert words[0] == "exec" and value("--container") == "caliwatch" and value("--namespace") == "caliwatch", words
    program, command, *flags = words[words.index("--") + 1:]
    assert program == "caliwatch", words
    if "refusal" in pod:
        refuse(pod["refusal"])
    if pod.get("hangs"):
        open(os.environ["SCENE"] + ".hangs", "w").write(str(os.getpid()))
        time.sleep(600)
    done = subprocess.run([os.environ["CALIWATCH"], command, *pod["flags"], *flags])
    if done.returncode:
        refuse(f"command terminated with exit code {done.returncode}", done.returncode)
"""


def replay(name):
    return ["--replay", str(NODES / name)]


class PluginTest(unittest.TestCase):
    def setUp(self):
        built()
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.scene = os.path.join(self.folder, "scene")
        os.mkdir(os.path.join(self.folder, "bin"))
        kubectl = os.path.join(self.folder, "bin", "kubectl")
        with open(kubectl, "w") as file:
            file.write(STAND_IN)
        os.chmod(kubectl, stat.S_IRWXU)
        self.environment = {
            **os.environ,
            "PATH": f"{self.folder}/bin:{os.environ['PATH']}",
            "SCENE": self.scene,
            "CALIWATCH": CALIWATCH,
            "TMPDIR": self.folder,
        }
        self.cluster(node1=replay("healthy-bird2"), node2=replay("wrong-veth"), node3=replay("owner-conflict"))

    def cluster(self, nodes=(), **flags_by_node):
        """An agent on each of these nodes, which judges by those flags; `nodes` have none."""
        pods = [{"node": node, "name": f"pod-{node}", "flags": flags} for node, flags in flags_by_node.items()]
        self.set_scene(pods=pods, nodes=[*flags_by_node, *nodes])

    def set_scene(self, **scene):
        self.scene_now = scene
        with open(self.scene, "w") as file:
            json.dump(scene, file)

    def change_pod(self, node, **changes):
        for pod in self.scene_now["pods"]:
            if pod["node"] == node:
                pod.update(changes)
        self.set_scene(**self.scene_now)

    def plugin(self, *words, shell="sh", **options):
        return run(shell, str(PLUGIN), *words, env=self.environment, **options)

    def calls(self):
        with open(self.scene + ".calls") as file:
            return [json.loads(line) for line in file]

    def rows(self, *words, **options):
        done = self.plugin("status", *words, **options)
        return done.returncode, [line.split(None, 1) for line in done.stdout.splitlines()], done.stderr


class StatusTest(PluginTest):
    def test_each_node_is_a_line_the_worst_first_in_every_shell(self):
        for shell in SHELLS:
            code, rows, errors = self.rows(shell=shell)
            self.assertEqual([row[0] for row in rows], ["NODE", "node2", "node3", "node1"], shell)
            self.assertEqual((code, errors), (1, ""))
        said = dict(rows)
        self.assertEqual(
            said["node2"],
            "CRITICAL   1 critical problem: workload_route_wrong_interface 192.168.11.1, fd10::11:1",
        )
        self.assertRegex(said["node3"], r"^WARNING    1 problem: route_owner_conflict 192\.168\.12\.0/26, \S+$")
        self.assertEqual(said["node1"], "OK         nothing wrong found")

    def test_a_cluster_without_findings_exits_0(self):
        self.cluster(node1=replay("healthy-bird2"), node2=replay("healthy-vxlan"))
        code, rows, errors = self.rows()
        self.assertEqual((code, len(rows), errors), (0, 3, ""))

    def test_a_node_that_cannot_be_judged_exits_2(self):
        os.mkdir(os.path.join(self.folder, "nodename"))
        unreadable = ["--calico.run-dir", self.folder, "--calico.lib-dir", self.folder]
        self.cluster(node1=replay("healthy-bird2"), node2=unreadable, node3=replay("none"))
        code, rows, _ = self.rows()
        said = dict(rows)
        self.assertEqual(code, 2)
        self.assertRegex(said["node2"], "^UNKNOWN    cannot judge, since not everything could be read: nodename ")
        self.assertRegex(said["node3"], "^UNKNOWN    caliwatch: cannot judge the recording: .*nodes/none")

    def test_who_gives_no_answer_is_told_with_kubectls_reason_and_is_not_taken_for_fine_or_for_a_finding(self):
        self.change_pod("node1", refusal="error: Internal error occurred: error dialing backend: dial tcp: i/o timeout")
        self.change_pod("node2", phase="Pending")
        code, rows, _ = self.rows()
        said = dict(rows)
        self.assertEqual([row[0] for row in rows], ["NODE", "node1", "node2", "node3"])
        self.assertEqual(code, 1)  # of node3
        self.assertRegex(said["node1"], "^NO ANSWER  error: Internal error occurred: error dialing backend")
        self.assertEqual(said["node2"], "NO AGENT   pod pod-node2 is Pending")

    def test_a_node_without_an_agent_shows(self):
        self.cluster(nodes=["node7"], node1=replay("healthy-bird2"))
        code, rows, _ = self.rows()
        self.assertEqual((code, rows[1]), (2, ["node7", "NO AGENT   no pod of caliwatch is on it"]))

    def test_who_may_not_list_nodes_is_told_that_some_would_not_show(self):
        self.set_scene(pods=[{"node": "node1", "name": "pod-node1", "flags": replay("healthy-bird2")}])
        code, rows, errors = self.rows()
        self.assertEqual((code, len(rows)), (0, 2))
        self.assertRegex(errors, "nodes cannot be listed, so that one without an agent would not show: .*Forbidden")

    def test_of_two_agents_of_a_node_the_one_that_stays_is_asked(self):
        self.cluster(node1=replay("wrong-veth"))
        going = {**self.scene_now["pods"][0], "ends": "2026-11-28T10:00:00Z"}
        self.set_scene(
            pods=[going, {"node": "node1", "name": "young", "flags": replay("healthy-bird2")}], nodes=["node1"]
        )
        code, rows, _ = self.rows()
        self.assertEqual((code, len(rows)), (0, 2))
        self.assertEqual(self.plugin("check", "node1").returncode, 0)

    def test_many_nodes_are_asked_a_few_at_a_time(self):
        self.cluster(**{f"node{number}": replay("healthy-bird2") for number in range(1, 12)})
        for parallel in ("1", "3", "40"):
            code, rows, _ = self.rows("--parallel", parallel)
            self.assertEqual((code, len(rows)), (0, 12))

    def test_a_node_that_hangs_is_given_up_and_delays_no_answer_of_others(self):
        self.change_pod("node1", hangs=True)
        code, rows, _ = self.rows("--timeout=2", "--parallel=2")
        said = dict(rows)
        self.assertEqual((code, said["node1"]), (1, "NO ANSWER  within 2 s"))
        self.assertIn("CRITICAL", said["node2"])
        with open(self.scene + ".hangs") as file:
            self.assertTrue(eventually(lambda: not os.path.exists(f"/proc/{file.read() or 0}")))

    def test_ctrl_c_leaves_nothing_running_and_no_files(self):
        self.change_pod("node1", hangs=True)
        before = set(os.listdir(self.folder))
        with subprocess.Popen(
            ["sh", str(PLUGIN), "status"], env=self.environment, stdout=subprocess.DEVNULL, start_new_session=True
        ) as plugin:
            self.assertTrue(eventually(lambda: os.path.exists(self.scene + ".hangs")))
            time.sleep(0.2)  # until its process is written there
            plugin.send_signal(signal.SIGINT)
            self.assertEqual(plugin.wait(20), 130)
        with open(self.scene + ".hangs") as file:
            pid = file.read()
        self.assertTrue(eventually(lambda: not os.path.exists(f"/proc/{pid}")))
        self.assertEqual(set(os.listdir(self.folder)) - before - {"scene.calls", "scene.hangs"}, set())

    def test_the_node_is_looked_at_as_its_agent_is_told_to(self):
        self.change_pod(
            "node2",
            args="agent --web.listen-address=:10179 --calico.run-dir=/nowhere --state.file /var/lib/state --check.pods "
            "--netns.dir=/run/n* --poll.interval=10s ",
        )
        told = ["--calico.run-dir=/nowhere", "--state.file=/var/lib/state", "--check.pods", "--netns.dir=/run/n*"]
        for command in (["status"], ["check", "node2"], ["record", "node2", os.path.join(self.folder, "recording")]):
            done = self.plugin(*command)
            self.assertEqual(done.returncode, 0 if command[0] == "record" else 1, done.stderr)
            (call,) = [call for call in self.calls() if call[0] == "exec" and "pod-node2" in call]
            self.assertEqual(call[call.index("caliwatch", call.index("--")) + 2 :][:4], told)
            os.unlink(self.scene + ".calls")

    def test_flags_for_caliwatch_reach_it(self):
        self.assertEqual(self.plugin("status", "--", "--calico.lib-dir=/nonexistent").returncode, 1)
        flags = [call[call.index("caliwatch", call.index("--")) :] for call in self.calls() if call[0] == "exec"]
        self.assertEqual(flags[0], ["caliwatch", "check", "--output", "short", "--calico.lib-dir=/nonexistent"])


class CheckTest(PluginTest):
    def test_it_prints_and_exits_as_check_does_on_the_node(self):
        for node, name, code in (("node1", "healthy-bird2", 0), ("node2", "wrong-veth", 1)):
            done, there = self.plugin("check", node), caliwatch("check", "--replay", NODES / name)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (code, there.stdout, ""))

    def test_other_flags_follow_two_dashes(self):
        done = self.plugin("check", "node2", "--", "--output", "json")
        self.assertEqual(json.loads(done.stdout)["outcome"], "findings")
        quiet = self.plugin("check", "node2", "--", "-q")
        self.assertEqual((quiet.returncode, quiet.stdout, quiet.stderr), (1, "", ""))

    def test_kubectls_own_failure_is_no_finding(self):
        self.change_pod("node1", refusal='Error from server (Forbidden): pods "pod-node1" is forbidden: User "eve"')
        done = self.plugin("check", "node1")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("node node1 cannot be asked: Error from server (Forbidden)", done.stderr)
        self.assertIn("kubectl auth can-i create pods/exec -n caliwatch", done.stderr)

    def test_a_node_without_an_agent_is_told_from_one_whose_agent_does_not_run(self):
        done = self.plugin("check", "node9")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("no agent runs on node node9", done.stderr)
        self.assertIn("Agents run on: node1 node2 node3\n", done.stderr)
        self.change_pod("node1", phase="Pending")
        done = self.plugin("check", "node1")
        self.assertEqual(done.returncode, 2)
        self.assertIn("kubectl describe pod pod-node1 -n caliwatch", done.stderr)

    def test_pods_that_cannot_be_listed_or_are_elsewhere_are_told(self):
        done = self.plugin("check", "node1", "-n", "monitoring")
        self.assertEqual(done.returncode, 2)
        self.assertIn("there is no pod with app.kubernetes.io/name=caliwatch in namespace monitoring", done.stderr)
        self.assertIn("kubectl get pods --all-namespaces", done.stderr)
        self.set_scene(pods=None)
        done = self.plugin("status")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("the agents cannot be listed: Error from server (Forbidden)", done.stderr)

    def test_the_context_goes_to_kubectl(self):
        self.assertEqual(self.plugin("--context", "two", "check", "node1").returncode, 0)
        self.assertEqual({tuple(call[:2]) for call in self.calls()}, {("--context", "two")})


class ClusterTest(PluginTest):
    def test_one_agent_that_runs_is_asked_for_all_and_exits_for_all(self):
        self.cluster(node1=[], node2=[])
        self.change_pod("node1", phase="Pending")
        done = self.plugin("cluster", "--", "--cluster.nodes", "127.0.0.1:1", "--output", "json")
        told = json.loads(done.stdout)
        self.assertEqual((done.returncode, told["outcome"], done.stderr), (2, "cannot_judge", ""))
        self.assertIn("nobody listens", told["nodes"][0]["error"])
        (call,) = [call for call in self.calls() if call[0] == "exec"]
        self.assertIn("pod-node2", call)
        self.assertEqual(call[call.index("--") + 1 :][:2], ["caliwatch", "cluster"])

    def test_where_none_can_be_asked_it_says_why(self):
        self.cluster(node1=[])
        self.change_pod("node1", refusal='Error from server (Forbidden): pods "pod-node1" is forbidden: User "eve"')
        done = self.plugin("cluster")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("pod pod-node1 cannot be asked: Error from server (Forbidden)", done.stderr)
        self.change_pod("node1", phase="Pending")
        self.assertIn("no agent is running (namespace caliwatch", self.plugin("cluster").stderr)


class RecordTest(PluginTest):
    def test_a_recording_arrives_whole_and_is_judged_as_there(self):
        for shell in SHELLS:
            target = os.path.join(self.folder, f"by {shell}")
            done = self.plugin("record", "node2", target, shell=shell)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn("It names pods and addresses", done.stdout)
            here, there = (caliwatch("check", "--replay", d).stdout for d in (target, NODES / "wrong-veth"))
            self.assertEqual(here, there)
            self.assertIn("workload_route_wrong_interface", here)
        self.assertEqual([name for name in os.listdir("/dev/shm") if name.startswith("caliwatch-recording")], [])

    def test_it_is_anonymized_where_that_is_asked_for(self):
        target = os.path.join(self.folder, "nameless")
        done = self.plugin("record", "node2", target, "--", "--anonymize")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Other names and addresses stand in it.", done.stdout)
        self.assertNotIn("node1-pod1", caliwatch("check", "--replay", target).stdout)

    def test_a_folder_that_has_something_in_it_is_left_alone(self):
        done = self.plugin("record", "node2", self.folder)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn(f"{self.folder} exists and is not empty", done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1)

    def test_what_fails_there_or_on_the_way_makes_no_folder(self):
        target = os.path.join(self.folder, "target")
        self.change_pod("node2", flags=replay("none"))
        done = self.plugin("record", "node2", target)
        self.assertEqual(done.returncode, 2)
        self.assertIn("node node2 cannot be recorded: caliwatch: cannot record: ", done.stderr)
        self.change_pod("node2", refusal="error: unable to upgrade connection: container not found")
        self.assertIn("container not found", self.plugin("record", "node2", target).stderr)
        self.assertFalse(os.path.exists(target))


class WatchTest(PluginTest):
    def test_it_needs_a_terminal(self):
        done = self.plugin("watch", "node1")
        self.assertEqual((done.returncode, done.stdout), (64, ""))
        self.assertIn("watch needs a terminal; `kubectl caliwatch check node1` prints once", done.stderr)

    def test_it_hands_the_terminal_to_watch_in_the_pod(self):
        self.change_pod("node1", flags=NO_BIRD)
        shown = watched(
            ["sh", str(PLUGIN), "watch", "node1"], ["nothing wrong found", "finding"], "\x03", env=self.environment
        )
        self.assertIn("\x1b[?1049l", shown)
        (call,) = [call for call in self.calls() if call[0] == "exec"]
        self.assertEqual(call[1:3], ["--stdin", "--tty"])


class CommandLineTest(PluginTest):
    def test_help_names_each_command_and_needs_no_cluster(self):
        del self.environment["SCENE"]
        for shell in SHELLS:
            done = self.plugin("--help", shell=shell)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            for command in ("status", "cluster", "check NODE", "watch NODE", "record NODE DIR"):
                self.assertIn(f"  kubectl caliwatch {command} ", done.stdout)

    def test_what_is_wrong_on_the_command_line_is_named(self):
        for words, complaint in {
            ("chek", "node1"): "there is no command 'chek'",
            ("check",): "check needs the name of a node",
            ("record", "node1"): "record needs a folder",
            ("status", "node1"): "what is 'node1' for?",
            ("check", "node1", "--output=json"): "there is no option --output; what is for caliwatch itself stands",
            ("check", "node1", "-q"): "there is no option -q",
            ("cluster", "node1"): "what is 'node1' for?",
            ("status", "--parallel=0"): "--parallel is a number from 1 on, not '0'",
            ("status", "--timeout", "x"): "--timeout is a number of seconds",
            ("status", "--namespace"): "--namespace needs a value",
            ("status", "--context="): "--context needs a value",
        }.items():
            done = self.plugin(*words)
            self.assertEqual((done.returncode, done.stdout), (64, ""), words)
            self.assertIn(complaint, done.stderr)
        self.assertFalse(os.path.exists(self.scene + ".calls"))

    def test_without_kubectl_it_says_so(self):
        tools = os.path.join(self.folder, "tools")
        os.mkdir(tools)
        self.environment["PATH"] = tools
        done = run("/bin/sh", str(PLUGIN), "status", env=self.environment)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("kubectl is not on the PATH", done.stderr)

    def test_kubectl_finds_it_by_its_name(self):
        self.assertEqual(PLUGIN.name, "kubectl-caliwatch")
        self.assertTrue(os.access(PLUGIN, os.X_OK))
        done = run(str(PLUGIN), "check", "node1", env=self.environment)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    run_tests(lab=False)
