#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who installs caliwatch by README and docs/install.md alone: their own lines are typed into a shell, with helm and
kubectl, at a real API server that knows the Prometheus operator's resources, beside kube-prometheus-stack. Up to the
server's acceptance: no pod runs there, so what builds an image or asks a pod is left out."""

import os
import re
import shutil
import subprocess
import unittest

from calicolab.waiting import patience
from harness.kube import Kube, kube_program
from harness.kube_apply import apply, install_prometheus_operators_definitions
from harness.main import run_tests
from harness.tools import ROOT, go_tool

# What needs a registry, a pod that runs, or a controller that ends a namespace.
LEFT_OUT = r"docker |kubectl .*\bexec\b|kubectl .*\brollout\b|kubectl delete "
# What Prometheus and Grafana of kube-prometheus-stack, as a release `monitoring`, take of every namespace.
SELECTED = {"PodMonitor": {"release": "monitoring"}, "PrometheusRule": {"release": "monitoring"},
            "ConfigMap": {"grafana_dashboard": "1"}}  # fmt: skip


def kubectl():
    found = shutil.which("kubectl")
    if not found:
        raise unittest.SkipTest("kubectl is not on the PATH; any of 1.25 or newer will do, which Debian 12's is not")
    return found


def commands(page, section):
    """[block]: each a list of commands, whole ones, of the shell blocks below the heading."""
    text = (ROOT / page).read_text().partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"(?ms)^```sh\n(.*?)^```", text)
    whole = [block.replace("\\\n", " ").splitlines() for block in blocks]
    return [[re.sub(r"\s+# .*", "", line) for line in block if line.strip()] for block in whole]


class NewcomerTest(unittest.TestCase):
    def setUp(self):
        kube_program()
        tools = [os.path.dirname(go_tool("helm")), os.path.dirname(kubectl())]
        self.kube = Kube()
        self.addCleanup(self.kube.close)
        install_prometheus_operators_definitions(self.kube)
        apply(self.kube, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "monitoring"}})
        self.environment = {
            "PATH": ":".join([*tools, "/usr/bin", "/bin"]),
            "HOME": self.kube.folder,
            "KUBECONFIG": self.kube.kubeconfig(token=self.kube.token),
        }
        self.typed = []

    def type(self, lines):
        for line in lines:
            for command in line.split(" && "):
                if re.match(LEFT_OUT, command):
                    continue
                done = subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=ROOT, env=self.environment,
                                      text=True, capture_output=True, timeout=patience(300))  # fmt: skip
                self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout}{done.stderr}")
                self.typed.append(" ".join(command.split()[:2]))
        return done.stdout + done.stderr

    def objects(self, collection):
        return self.kube.list(collection)["items"]

    def of_kind(self, kind, namespace="caliwatch"):
        group, plural = {
            "DaemonSet": ("/apis/apps/v1", "daemonsets"), "ConfigMap": ("/api/v1", "configmaps"),
            "PodMonitor": ("/apis/monitoring.coreos.com/v1", "podmonitors"),
            "PrometheusRule": ("/apis/monitoring.coreos.com/v1", "prometheusrules"),
        }[kind]  # fmt: skip
        return self.objects(f"{group}/namespaces/{namespace}/{plural}")

    def selected(self, kind):
        wanted = SELECTED[kind].items()
        return [body for body in self.of_kind(kind) if wanted <= body["metadata"].get("labels", {}).items()]

    def test_with_helm_beside_kube_prometheus_stack_metrics_alerts_and_dashboards_are_taken_and_selected(self):
        image, helm, kustomize = commands("README.md", "Install it on Kubernetes")
        self.assertTrue(all(line.startswith("docker ") for line in image), image)
        told = self.type(helm)
        self.assertEqual(self.typed, ["kubectl create", "kubectl label", "helm install"])
        self.assertNotRegex(told, r"(?i)nothing (?:will )?selects?|no Prometheus")
        (daemonset,) = self.of_kind("DaemonSet")
        container = daemonset["spec"]["template"]["spec"]["containers"][0]
        built = re.search(r"docker push (\S+)", "\n".join(image))[1]
        self.assertEqual(container["image"], built)
        (monitor,) = self.selected("PodMonitor")
        wanted = monitor["spec"]["selector"]["matchLabels"].items()
        self.assertLessEqual(wanted, daemonset["spec"]["template"]["metadata"]["labels"].items())
        ports = [port["name"] for port in container["ports"]]
        self.assertIn(monitor["spec"]["podMetricsEndpoints"][0]["port"], ports)
        (rule,) = self.selected("PrometheusRule")
        self.assertGreater(sum("alert" in row for group in rule["spec"]["groups"] for row in group["rules"]), 40)
        self.assertGreaterEqual(len(self.selected("ConfigMap")), 3)

    def test_what_was_installed_so_is_upgraded_taken_back_and_removed_as_the_page_says(self):
        _, helm, _ = commands("README.md", "Install it on Kubernetes")
        self.type(helm)
        (upgrade,) = commands("docs/install.md", "Upgrading")
        self.type(upgrade)
        self.assertEqual(self.typed[-2:], ["helm upgrade", "helm rollback"])
        (remove,) = commands("docs/install.md", "Removing it")
        self.type(remove)
        self.assertEqual(self.typed[-1], "helm uninstall")
        for kind in ("DaemonSet", "PodMonitor", "PrometheusRule"):
            self.assertEqual(self.of_kind(kind), [], kind)

    def test_with_kustomize_and_the_lists_own_commands_the_same_is_taken(self):
        *_, kustomize = commands("README.md", "Install it on Kubernetes")
        self.type(kustomize)
        self.assertEqual(self.typed, ["kubectl apply", "kubectl -n"])
        self.assertEqual(len(self.of_kind("DaemonSet")), 1)
        text = (ROOT / "README.md").read_text()
        self.type(re.findall(r"`(kubectl apply -f [^`]*)`", text))
        self.assertEqual((len(self.of_kind("PodMonitor")), len(self.of_kind("PrometheusRule"))), (1, 1))
        (dashboards,) = re.findall(r"`(kubectl apply -k dashboards [^`]*)`", text)
        self.type([dashboards.replace("MONITORING", "monitoring")])
        labelled = [body for body in self.of_kind("ConfigMap", "monitoring") if "labels" in body["metadata"]]
        self.assertGreaterEqual(len(labelled), 3)


if __name__ == "__main__":
    run_tests(lab=False)
