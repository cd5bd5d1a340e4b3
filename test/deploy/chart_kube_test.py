#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real API server and the chart: it takes all that the chart renders, field by field, and helm installs, changes,
takes back and removes it. No pod runs there."""

import json
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from calicolab.waiting import eventually
from deploy import chart
from deploy.ipam_account import NAMESPACE, cluster_with_account, namespace
from harness.calico_objects import COLLECTIONS
from harness.kube import Kube, KubeError, kube_program
from harness.kube_apply import apply, in_order, install_prometheus_operators_definitions
from harness.main import run_tests
from harness.program import IpamServer, built, caliwatch, without_cluster
from harness.tools import ROOT, go_tool, run

# Kinds of OpenShift's and of the Grafana operator's own, which no plain cluster has.
OF_OTHERS = {"SecurityContextConstraints", "GrafanaDashboard"}
# What `restricted` forbids and a look at the node's own network needs: the host's network and its port, two of Calico's
# folders, and group 0, which they belong to. Probes go to the loopback: by the node's address they would end the agent
# when that address is what is lost.
ARGUED = {"host namespaces", "hostPort", "restricted volume types", "probe or lifecycle host"}


class ChartTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        kube_program()
        go_tool("helm")
        cls.kube = Kube()
        cls.addClassCleanup(cls.kube.close)
        install_prometheus_operators_definitions(cls.kube)
        for name in (NAMESPACE, "monitoring"):
            apply(cls.kube, namespace(name))
        apply(cls.kube, namespace("restricted", "restricted"))

    def helm(self, *arguments):
        answer = chart.helm(*arguments, f"--kubeconfig={self.kube.kubeconfig(token=self.kube.token)}")
        self.assertEqual(answer.returncode, 0, f"helm {arguments[0]}: {answer.stdout}{answer.stderr}")
        return answer.stdout

    def test_every_object_of_every_example_is_taken(self):
        for values in chart.EXAMPLES:
            for body in in_order(chart.rendered(f"--values={values}", chart.OPERATOR)):
                with self.subTest(values=values.name, kind=body["kind"]):
                    if body["kind"] not in OF_OTHERS:
                        apply(self.kube, body, dry_run=True)

    def test_a_field_that_there_is_not_would_be_refused(self):
        daemonset = chart.one("DaemonSet")
        with self.assertRaisesRegex(KubeError, "misspelt"):
            apply(self.kube, {**daemonset, "spec": {**daemonset["spec"], "misspelt": 1}}, dry_run=True)

    def make_pod_of(self, kind, *arguments):
        """Where the level is `restricted`."""
        template = chart.one(kind, *arguments)["spec"]["template"]
        metadata = {**template["metadata"], "name": "one", "namespace": "restricted"}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}
        apply(self.kube, pod, dry_run=True)

    def violations(self, *arguments):
        """What the level `restricted` says of a pod of these values."""
        with self.assertRaises(KubeError) as refused:
            self.make_pod_of("DaemonSet", *arguments)
        _, _, said = str(refused.exception).partition("violates PodSecurity")
        self.assertTrue(said, refused.exception)
        return {part.strip() for part in re.findall(r"([A-Za-z][A-Za-z ]*?)(?: \\\"[^\"]*\\\")? \(", said)}

    def test_by_default_the_pod_keeps_to_restricted_but_for_what_is_argued(self):
        self.assertEqual(self.violations() - ARGUED, set())

    def test_with_a_look_into_pods_it_needs_more(self):
        self.assertNotEqual(self.violations("--set=checkPods.enabled=true") - ARGUED, set())

    def test_what_looks_at_ipam_keeps_to_restricted_wholly(self):
        self.make_pod_of("Deployment", "--set=ipam.enabled=true")
        etcd = "--set=ipam.etcd.endpoints=https://e:2379,ipam.etcd.secretName=s"
        self.make_pod_of("Deployment", "--set=ipam.enabled=true", etcd)

    def test_helm_installs_what_there_was_before_upgrades_takes_back_and_removes_it(self):
        before = self.everything()
        folder, where = str(chart.FOLDER), f"--namespace={NAMESPACE}"
        common = [chart.IMAGE, "--set=monitoring.kind=podMonitor"]
        self.helm("install", "caliwatch", self.chart_before(), where, *common)
        installed = self.everything() - before
        self.assertLessEqual({"DaemonSet", "ServiceAccount", "PodMonitor", "PrometheusRule"}, {k for k, _ in installed})
        self.helm("upgrade", "caliwatch", folder, where, *common, "--set=extraArgs={--poll.interval=10s}")
        self.assertIn("--poll.interval=10s", self.arguments())
        upgraded = self.everything() - before
        self.helm("rollback", "caliwatch", "1", where)
        self.assertNotIn("--poll.interval=10s", self.arguments())
        self.assertEqual(self.everything() - before, installed)
        self.helm("upgrade", "caliwatch", folder, where, *common, "--set=ipam.enabled=true")
        added = {kind for kind, _ in self.everything() - before - upgraded}
        ipam = {"ClusterRole", "ClusterRoleBinding", "Deployment", "PodMonitor", "Service", "ServiceAccount"}
        ipam.add("IPAddress")  # the server makes it of a Service
        self.assertEqual(added, ipam)
        self.helm("rollback", "caliwatch", "1", where)
        self.assertEqual(self.everything() - before, installed)
        self.helm("uninstall", "caliwatch", where)
        self.assertEqual(self.everything(), before)

    def chart_before(self):
        """That of the last release, or of the commit that this tree is compared with; where git knows neither, as in a
        shallow clone, the chart as it is."""
        released = run("git", "describe", "--tags", "--abbrev=0", "--match=v[0-9]*", cwd=ROOT).stdout.strip()
        commit = released or run(str(ROOT / ".ci/merge-base")).stdout.strip()
        if not commit:
            return str(chart.FOLDER)
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        files = ("deploy/chart", "deploy/prometheus/rules.yaml", "dashboards")  # the latter two are linked to
        archive = subprocess.run(["git", "archive", commit, *files], cwd=ROOT, capture_output=True, check=True)
        subprocess.run(["tar", "--extract", "--directory", folder], input=archive.stdout, check=True)
        print(f"upgraded from the chart of {commit}")
        return f"{folder}/deploy/chart"

    def arguments(self):
        made = self.kube.get(f"/apis/apps/v1/namespaces/{NAMESPACE}/daemonsets/caliwatch")
        return made["spec"]["template"]["spec"]["containers"][0]["args"]

    def everything(self):
        """{(kind, path)} of all that the server has, but for events, leases, helm's own notes and endpoints."""
        found = set()
        versions = [group["preferredVersion"]["groupVersion"] for group in self.kube.get("/apis")["groups"]]
        for group in ["/api/v1", *(f"/apis/{version}" for version in versions)]:
            for row in self.kube.get(group)["resources"]:
                if "list" in row["verbs"] and "/" not in row["name"] and row["kind"] not in ("Event", "Lease"):
                    for item in self.kube.get(f"{group}/{row['name']}")["items"]:
                        if item.get("type") != "helm.sh/release.v1":
                            metadata = item["metadata"]
                            found.add((row["kind"], f"{group}/{metadata.get('namespace', '')}/{metadata['name']}"))
        return found


class AsInAPod(IpamServer):
    """With a token and the API server's certificate from `folder` where kubelet puts them, and its environment."""

    _THERE = "/run/secrets/kubernetes.io/serviceaccount"
    _MOUNT = f'mount -t tmpfs none /run && mkdir -p {_THERE} && cp "$0"/* {_THERE} && exec "$@"'

    def __init__(self, folder, url, *flags):
        self._secrets = folder
        host, _, port = url.removeprefix("https://").partition(":")
        super().__init__(*flags, environment={"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port})

    def _start(self, command, environment):
        prefix = ["unshare", "--map-root-user", "--mount", "sh", "-c", self._MOUNT, self._secrets]
        super()._start([*prefix, *command], environment)


class IpamRightsTest(unittest.TestCase):
    """What the ServiceAccount of the one pod may that looks at Calico's IPAM: asked by a token of its own."""

    NODES = 3
    COMPARED = {"/api/v1/nodes", "/api/v1/pods", "/api/v1/services", *COLLECTIONS.values()}

    @classmethod
    def setUpClass(cls):
        kube_program()
        go_tool("helm")
        built()
        cls.kube, cls.token = cluster_with_account(cls.NODES)
        cls.addClassCleanup(cls.kube.close)

    def ask(self, path, method="GET", body=None):
        return self.kube.request(method, path, body, token=self.token, raw=True)

    def test_all_that_is_compared_may_be_listed_and_watched(self):
        for path in sorted(self.COMPARED):
            with self.subTest(path):
                listed = json.loads(self.ask(f"{path}?limit=1"))
                version = listed["metadata"]["resourceVersion"]
                self.ask(f"{path}?watch=true&allowWatchBookmarks=true&timeoutSeconds=1&resourceVersion={version}")

    def test_by_the_servers_own_word_there_is_no_other_right(self):
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectRulesReview",
            "spec": {"namespace": NAMESPACE},
        }
        path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
        status = json.loads(self.ask(path, "POST", review))["status"]
        self.assertFalse(status["incomplete"])
        own = {
            (group, resource, verb) for rule in status["resourceRules"] for group in rule["apiGroups"]
            for resource in rule["resources"] for verb in rule["verbs"] if not resource.startswith("selfsubject")
        }  # fmt: skip
        calicos = {path.rpartition("/")[2] for path in COLLECTIONS.values()}
        of_groups = {"": {"nodes", "pods", "services"}, "crd.projectcalico.org": calicos, "projectcalico.org": calicos}
        compared = {(group, resource) for group, names in of_groups.items() for resource in names}
        self.assertEqual(own, {(*what, verb) for what in compared for verb in ("list", "watch")})
        self.assertFalse([rule for rule in status["nonResourceRules"] if rule["verbs"] != ["get"]])

    def test_what_nobody_compares_is_refused(self):
        inside = f"/api/v1/namespaces/{NAMESPACE}"
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "x"},
            "spec": {"containers": [{"name": "x", "image": "x"}]},
        }
        for method, path, body in (
            ("GET", "/api/v1/secrets", None), ("GET", "/api/v1/configmaps", None), ("GET", f"{inside}/pods/x", None),
            ("GET", "/api/v1/nodes/n1/proxy/pods", None), ("GET", f"{inside}/pods/x/log", None),
            ("GET", f"{COLLECTIONS['ipamblocks']}/x", None), ("POST", f"{inside}/pods", pod),
            ("DELETE", f"{inside}/pods/x", None), ("DELETE", f"{COLLECTIONS['ipamblocks']}/x", None),
            ("DELETE", COLLECTIONS["ipamhandles"], None), ("GET", "/metrics", None),
        ):  # fmt: skip
            with self.subTest(method, path=path), self.assertRaises(KubeError) as refused:
                self.ask(path, method, body)
            self.assertEqual(refused.exception.code, 403, path)

    def test_the_program_needs_no_more(self):
        look = ("ipam", "--kubeconfig", self.kube.kubeconfig(token=self.token), "--output=json")
        done = caliwatch(*look, env=without_cluster())
        self.assertEqual(done.stderr, "")
        evidence = json.loads(done.stdout)["evidence"]
        given = {each["kind"]: each["error"] for each in evidence if each["given"]}
        self.assertLessEqual({"blocks", "handles", "nodes", "pods", "services"}, given.keys())
        self.assertEqual(set(given.values()), {None})

    def test_the_pods_own_command_looks_and_serves_with_its_token_where_kubelet_puts_it(self):
        (container,) = chart.one("Deployment", "--set=ipam.enabled=true")["spec"]["template"]["spec"]["containers"]
        self.assertEqual(container["args"][:2], ["ipam", "--serve"])
        flags = [flag for flag in container["args"][2:] if not flag.startswith("--listen=")]
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "token").write_text(self.token)
            shutil.copy(self.kube.ca, Path(folder, "ca.crt"))
            with AsInAPod(folder, self.kube.url, *flags) as server:
                ready = container["readinessProbe"]["httpGet"]["path"]
                self.assertTrue(eventually(lambda: server.ask(ready)[0] == 200, timeout=90), server.log_so_far())
                self.assertEqual(server.ask(container["livenessProbe"]["httpGet"]["path"])[0], 200)
                text = server.ask("/metrics")[2].decode()
        read = dict(re.findall(r'(?m)^caliwatch_ipam_evidence_readable{kind="(\w+)"} (\d)$', text))
        self.assertLessEqual({"blocks", "handles", "nodes", "pods", "pools", "reports", "services"}, read.keys())
        self.assertEqual(set(read.values()), {"1"}, text)
        self.assertIn(f'caliwatch_ipam_evidence_rows{{kind="blocks"}} {self.NODES}\n', text)

    def test_what_it_serves_is_as_many_series_as_the_page_on_cost_says(self):
        flags = ("--kubeconfig", self.kube.kubeconfig(token=self.token), "--agents=127.0.0.1:1", "--interval=5s")
        with IpamServer(*flags) as server:
            self.assertTrue(eventually(lambda: server.ask("/-/ready")[0] == 200, timeout=60))
            text = server.ask("/metrics")[2].decode()
        series = [line for line in text.splitlines() if not line.startswith("#")]
        self.assertEqual([line for line in series if "_node_findings" in line], [])
        page = (ROOT / "docs/cost.md").read_text()
        formula = r"(\d) × checks \+ (\d) × kinds of evidence \+ (\d+) \+ (\d) × pools \+ (\d) × nodes"
        of_check, of_kind, rest, of_pool, of_node = map(int, re.search(formula, page).groups())
        checks, kinds = map(int, re.search(r"(\d+) checks apply to (\d+) kinds", page).groups())
        told = of_check * checks + of_kind * kinds + rest
        # How a pool grows, and when it is full, is not known in the first hours.
        self.assertEqual(len(series), told + (of_pool - 2) + of_node * self.NODES, text)
        rows = dict(re.findall(r"(?m)^\| ([\d,]+) \| ([\d,]+) \|$", page))
        self.assertEqual(len(rows), 4)
        for nodes, total in rows.items():
            number = told + 2 * of_pool + of_node * int(nodes.replace(",", ""))
            self.assertEqual(f"{number:,}", total)

    def test_the_agents_account_may_nothing(self):
        account = f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/caliwatch/token"
        wanted = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
        token = self.kube.request("POST", account, wanted)["status"]["token"]
        for path in sorted(self.COMPARED):
            with self.assertRaises(KubeError) as refused:
                self.kube.request("GET", path, token=token)
            self.assertEqual(refused.exception.code, 403)


if __name__ == "__main__":
    run_tests(lab=False)
