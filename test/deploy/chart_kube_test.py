#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real API server and the chart: it takes all that the chart renders, field by field, and helm installs, changes,
takes back and removes it. No pod runs there."""

import re
import unittest

from deploy import chart
from harness.kube import Kube, KubeError, kube_program
from harness.kube_apply import apply, in_order, install_prometheus_operators_definitions
from harness.main import run_tests
from harness.tools import go_tool

NAMESPACE = "watch"
# Kinds of OpenShift's and of the Grafana operator's own, which no plain cluster has.
OF_OTHERS = {"SecurityContextConstraints", "GrafanaDashboard"}
# What `restricted` forbids and a look at the node's own network needs: the host's network and its port, two of Calico's
# folders, and group 0, which they belong to. Probes go to the loopback: by the node's address they would end the agent
# when that address is what is lost.
ARGUED = {"host namespaces", "hostPort", "restricted volume types", "probe or lifecycle host"}


def namespace(name, level="privileged"):
    labels = {"pod-security.kubernetes.io/enforce": level}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


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

    def violations(self, *arguments):
        """What the level `restricted` says of a pod of these values."""
        template = chart.one("DaemonSet", *arguments)["spec"]["template"]
        metadata = {**template["metadata"], "name": "agent", "namespace": "restricted"}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}
        with self.assertRaises(KubeError) as refused:
            apply(self.kube, pod, dry_run=True)
        _, _, said = str(refused.exception).partition("violates PodSecurity")
        self.assertTrue(said, refused.exception)
        return {part.strip() for part in re.findall(r"([A-Za-z][A-Za-z ]*?)(?: \\\"[^\"]*\\\")? \(", said)}

    def test_by_default_the_pod_keeps_to_restricted_but_for_what_is_argued(self):
        self.assertEqual(self.violations() - ARGUED, set())

    def test_with_a_look_into_pods_it_needs_more(self):
        self.assertNotEqual(self.violations("--set=checkPods.enabled=true") - ARGUED, set())

    def test_helm_installs_changes_takes_back_and_removes_it(self):
        before = self.everything()
        folder, where = str(chart.FOLDER), f"--namespace={NAMESPACE}"
        common = [chart.IMAGE, "--set=monitoring.kind=podMonitor"]
        self.helm("install", "caliwatch", folder, where, *common)
        installed = self.everything() - before
        self.assertLessEqual({"DaemonSet", "ServiceAccount", "PodMonitor", "PrometheusRule"}, {k for k, _ in installed})
        self.helm("upgrade", "caliwatch", folder, where, *common, "--set=extraArgs={--poll.interval=10s}")
        self.assertIn("--poll.interval=10s", self.arguments())
        self.helm("rollback", "caliwatch", "1", where)
        self.assertNotIn("--poll.interval=10s", self.arguments())
        self.assertEqual(self.everything() - before, installed)
        self.helm("uninstall", "caliwatch", where)
        self.assertEqual(self.everything(), before)

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


if __name__ == "__main__":
    run_tests(lab=False)
